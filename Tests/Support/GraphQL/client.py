"""Tests the service with gql (https://gql.readthedocs.io), a GraphQL client.

    client.py ADDRESS TOKEN SCHEMA    exits 0 if the introspected schema equals the file, and everything works
"""

import pathlib
import sys

from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport
from graphql import build_schema, print_schema

address, token, path = sys.argv[1:]
transport = RequestsHTTPTransport(url=address + "/graphql", headers={"Authorization": f"Bearer {token}"})
# Validates every document against the introspected schema.
client = Client(transport=transport, fetch_schema_from_transport=True)

with client as session:
    told = print_schema(client.schema)
    written = print_schema(build_schema(pathlib.Path(path).read_text()))
    assert told == written, f"{told}\nIS NOT\n{written}"
    register = gql("""
        mutation Register($input: RegisterDeviceInput!) {
          registerDevice(input: $input) { success errors device { id ...D } }
        }
        fragment D on Device { name deviceType properties { ... on BatteryProperties { capacityWh } } }
    """)
    register.variable_values = {"input": {
        "name": "From gql", "deviceType": "BATTERY",
        "properties": {"battery": {"capacityWh": 10000, "maxChargeRateWatts": 5000, "maxDischargeRateWatts": 4000}}}}
    made = session.execute(register)["registerDevice"]
    assert made["success"] and made["errors"] == [], made
    assert made["device"]["properties"] == {"capacityWh": 10000}, made
    asked = gql("query One($id: ID!) { device(id: $id) { name isActive state { mode chargeWh } } }")
    asked.variable_values = {"id": made["device"]["id"]}
    found = session.execute(asked)
    assert found == {"device": {"name": "From gql", "isActive": True, "state": {"mode": "IDLE", "chargeWh": None}}}, found
    try:
        session.execute(gql('{ energyHistory(start: "2024-02-01", end: "2024-01-01", interval: DAY) { start } }'))
        raise AssertionError("an end before its start was accepted")
    except TransportQueryError as error:
        assert error.errors[0]["path"] == ["energyHistory"], error.errors
print("all well")
