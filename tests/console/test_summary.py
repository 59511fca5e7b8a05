from groundwire.console.periods import Span, Step, period_of
from groundwire.console.summary import read_numbers, read_state
from groundwire.domain import Action, Label
from groundwire.events.statistics import GroupBy
from groundwire.keys.roles import Role
from stored import NOON, hours_later, sample

TODAY = period_of(Span.TODAY, NOON)


async def numbers_of(services, period=TODAY, step=Step.HOUR):
    return await read_numbers(services, period, step, NOON)


async def test_every_headline_has_its_own_days(services, events):
    await events.append([sample(Label.CONTRADICTED), sample(Label.SUPPORTED, created_at=hours_later(-24))])

    headlines = {each.period.span: each for each in (await numbers_of(services)).headlines}

    assert [headlines[span].now.answers for span in Span] == [1, 1, 2, 2]
    assert headlines[Span.TODAY].now.hallucination_rate.share == 1.0
    assert headlines[Span.TODAY].before.hallucination_rate.share == 0.0
    assert headlines[Span.TODAY].difference == 1.0
    assert headlines[Span.YESTERDAY].difference is None


async def test_the_trend_has_every_hour_of_the_day(services, events):
    await events.append([sample(Label.CONTRADICTED), sample(Label.SUPPORTED)])

    columns = (await numbers_of(services)).trend.columns

    assert [column.point.moment.hour for column in columns if column.point.tally.answers] == [12]
    assert len(columns) == 24


async def test_tables_begin_with_what_has_the_most_answers(services, events):
    await events.append([sample(model="a"), sample(model="b"), sample(model="b")])

    lines = (await numbers_of(services)).tables[GroupBy.MODEL]

    assert [(line.key, line.now.answers, line.before) for line in lines] == [("b", 2, None), ("a", 1, None)]


async def test_the_state_tells_what_was_stopped_and_what_waits(services, events, keys):
    app = (await keys.create(Role.APP, "Web chat")).record
    bad = sample(Label.CONTRADICTED, action=Action.BLOCK, key_id=app.id)
    await events.append([bad, sample(Label.SUPPORTED)])

    state = await read_state(services, TODAY)

    assert [event.id for event in state.recent] == [bad.id]
    assert state.waiting == 1
    assert state.documents == [("refunds", 1)]
    assert state.apps[app.id] == "Web chat"
    assert not state.is_empty
    assert state.verifier


async def test_an_empty_knowledge_base_shows(services, knowledge):
    knowledge.is_empty = True

    assert (await read_state(services, TODAY)).is_empty
