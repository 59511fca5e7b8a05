"""The JSON schemas of a request's tools, and what they say of a single value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groundwire.proxy.jsontext import JsonObject, Path, is_object

_CHOICES = ("anyOf", "oneOf", "allOf")
_MOST_STEPS = 200


def tool_schemas(values: JsonObject) -> dict[str, JsonObject]:
    """Return the schema of the parameters of each function that a request offers, by the function's name."""
    tools, functions = (values.get(name) for name in ("tools", "functions"))
    found = {}
    for one in (*_objects(tools), *_objects(functions)):
        # Chat puts the function into an object of its own, responses do not.
        inner = one.get("function")
        function = inner if is_object(inner) else one
        name, schema = function.get("name"), function.get("parameters")
        if isinstance(name, str) and is_object(schema):
            found[name] = schema
    return found


def is_listed(schema: Mapping[str, object] | None, path: Path, value: object) -> bool:
    """Whether the schema lists the values that may stand at a path, and this is one of them."""
    if schema is None:
        return False
    places: list[Mapping[str, object]] = [schema]
    for step in path:
        places = [child for place in _spread(schema, places) for child in _children(place, step)]
    return any(value in _listed(place) for place in _spread(schema, places))


def _listed(place: Mapping[str, object]) -> list[object]:
    listed = place.get("enum")
    return [*(listed if isinstance(listed, list) else ()), *([place["const"]] if "const" in place else ())]


def _spread(root: Mapping[str, object], places: list[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Return the places with what they refer to and may be instead; a schema that goes round in circles ends."""
    found = list(places)
    for place in found:
        if len(found) > _MOST_STEPS:
            break
        found += [one for name in _CHOICES for one in _objects(place.get(name))]
        if (target := _referred(root, place.get("$ref"))) is not None:
            found.append(target)
    return found


def _referred(root: Mapping[str, object], reference: object) -> Mapping[str, object] | None:
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    place: object = root
    for step in reference[2:].split("/"):
        place = place.get(step) if isinstance(place, Mapping) else None
    return place if isinstance(place, Mapping) else None


def _children(place: Mapping[str, object], step: str | int) -> Iterator[Mapping[str, object]]:
    if isinstance(step, int):
        child = place.get("items")
    else:
        properties = place.get("properties")
        child = properties.get(step) if is_object(properties) else None
        child = place.get("additionalProperties") if child is None else child
    if is_object(child):
        yield child


def _objects(value: object) -> list[JsonObject]:
    return [one for one in value if is_object(one)] if isinstance(value, list) else []
