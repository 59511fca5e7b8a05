from dataclasses import replace

from sqlalchemy import text

from groundwire.keys.roles import Role


async def test_a_living_process_is_healthy(client):
    assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_everything_works(client):
    reply = await client.get("/readyz")
    assert reply.status_code == 200
    assert {name: part["ok"] for name, part in reply.json()["parts"].items()} == {
        "database": True,
        "knowledge_base": True,
        "models": True,
    }


async def test_a_database_without_tables_is_not_ready(client, database):
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    reply = await client.get("/readyz")
    assert (reply.status_code, reply.json()["ready"]) == (503, False)
    assert not reply.json()["parts"]["database"]["ok"]


async def test_a_broken_knowledge_base_is_not_ready_and_says_nothing_of_its_insides(client, knowledge):
    knowledge.error = RuntimeError("secret path")
    reply = await client.get("/readyz")
    assert reply.status_code == 503
    assert not reply.json()["parts"]["knowledge_base"]["ok"]
    assert "secret" not in reply.text


async def test_a_guard_without_a_model_is_not_ready(client, app, services):
    app.state.services = replace(services, guardrail=None)
    reply = await client.get("/readyz")
    assert (reply.status_code, reply.json()["parts"]["models"]["ok"]) == (503, False)


async def test_probes_need_no_key(client, headers_of):
    await headers_of(Role.ADMIN)
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/readyz")).status_code == 200
