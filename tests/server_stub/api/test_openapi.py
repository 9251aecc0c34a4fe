"""The interface as it is described, and whether the server keeps to it."""

import asyncio
import warnings

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import TOKEN, Stage

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of its own dependencies
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

BASE = "https://segue.test"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


async def read_document():
    async with Stage().client(token=None) as client:
        return (await client.get("/openapi.json")).json()


DOCUMENT = asyncio.run(read_document())
OPERATIONS = [found.ok() for found in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()]


def test_the_interface_is_described():
    assert DOCUMENT["openapi"].startswith("3.1")
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["Track"]["description"] == "One recording on one album."
    assert "Unix time" in schemas["Track"]["properties"]["added_at"]["description"]
    assert DOCUMENT["paths"]["/v1/tracks"]["get"]["security"] == [{"bearer": []}]
    assert DOCUMENT["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert DOCUMENT["paths"]["/v1/tracks/{track_id}"]["get"]["summary"] == "One track"


def test_every_field_is_described():
    silent = [
        f"{name}.{field}"
        for name, schema in DOCUMENT["components"]["schemas"].items()
        for field, details in schema.get("properties", {}).items()
        if not details.get("description")
    ]
    assert not silent, "say it below the field, or in server_stub/api/openapi_words.py"


def test_every_operation_and_parameter_is_described():
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            for parameter in operation.get("parameters", ()):
                assert parameter.get("description"), (method, path, parameter["name"])
            assert "default" in operation["responses"]


def httpx_arguments(case):
    """A generated request, as httpx takes it."""
    arguments = case.as_transport_kwargs(base_url=BASE)
    body = arguments.pop("data", None)
    if body is not None:
        arguments["content" if isinstance(body, bytes | str) else "data"] = body
    # The credentials are the stage's, not made up ones.
    arguments["headers"] = {
        name: value
        for name, value in (arguments.get("headers") or {}).items()
        if name.lower() != "authorization"
    }
    known = {"method", "url", "params", "headers", "json", "content", "data"}
    return {name: value for name, value in arguments.items() if name in known}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_the_server_keeps_to_its_description(operation):
    stage = Stage()

    @settings(
        max_examples=10,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(), st.sampled_from([TOKEN, TOKEN, TOKEN, None]))
    def holds(case, token):
        async def ask():
            async with stage.client(token=token) as client:
                try:
                    request = client.build_request(**httpx_arguments(case))
                except (httpx.InvalidURL, UnicodeEncodeError, ValueError):
                    return None  # nothing that could be sent
                return await client.send(request)

        response = asyncio.run(ask())
        if response is not None:
            case.validate_response(response, checks=CHECKS)

    holds()


def test_a_problem_is_what_the_description_says():
    async def ask():
        async with Stage().client() as client:
            return await client.get("/v1/tracks/nothing")

    answer = asyncio.run(ask())
    required = DOCUMENT["components"]["schemas"]["Problem"]["required"]
    assert set(required) <= set(msgspec.json.decode(answer.content))
