"""Uses the /mcp of a running service as other assistants do, with the protocol's own Python package, and prints as JSON what
came of it.

Usage: client.py <address of /mcp> <token> <auto|legacy> [<tool> <arguments as JSON>]…
"""

import asyncio
import json
import sys

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError


async def call(client, name, arguments):
    try:
        result = await client.call_tool(name, arguments)
    except MCPError as error:
        return {"code": error.code, "message": error.message}
    return {
        "is_error": result.is_error,
        "text": [block.text for block in result.content if block.type == "text"],
        "links": [str(block.uri) for block in result.content if block.type == "resource_link"],
        "structured": result.structured_content,
    }


def first(error):
    """The cause in a group of errors."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def main(address, token, mode, calls):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        async with httpx2.AsyncClient(headers=headers) as http:
            async with Client(streamable_http_client(address, http_client=http), mode=mode) as client:
                listed = await client.list_tools()
                return {
                    "version": client.protocol_version,
                    "server": client.server_info.name,
                    "tools": {tool.name: tool.input_schema for tool in listed.tools},
                    "read_only": [tool.name for tool in listed.tools if tool.annotations.read_only_hint],
                    "calls": await asyncio.gather(*(call(client, name, arguments) for name, arguments in calls)),
                }
    except Exception as error:
        return {"refused": str(first(error))}


if __name__ == "__main__":
    arguments = sys.argv[4:]
    calls = [(name, json.loads(text)) for name, text in zip(arguments[::2], arguments[1::2])]
    print(json.dumps(asyncio.run(main(*sys.argv[1:4], calls))))
