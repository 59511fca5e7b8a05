from prometheus_client.parser import text_string_to_metric_families


async def test_prometheus_can_read_the_page(client):
    await client.get("/healthz")
    reply = await client.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = {family.name: family for family in text_string_to_metric_families(reply.text)}
    assert families["groundwire_requests"].samples[0].labels == {"endpoint": "/healthz", "status": "200"}
    assert families["groundwire_events_waiting"].samples[0].value == 0
    passages = {size.labels["collection"]: size.value for size in families["groundwire_knowledge_passages"].samples}
    assert passages == {"default": 3, "faq": 3}


async def test_a_check_shows_in_the_numbers(client):
    await client.post("/api/v1/check", json={"answer": "The fee is wrong."})
    page = (await client.get("/metrics")).text
    assert 'groundwire_claims_total{label="contradicted"} 1.0' in page
    assert "groundwire_check_seconds_count 1.0" in page
