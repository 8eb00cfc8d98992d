"""Queries a running Home Assistant over its websocket API, as its page does.

Usage: ask.py <port> <access token> <command as JSON>. Prints the result as one line of JSON. Exits 1 where Home Assistant
refuses.
"""

import asyncio
import json
import sys

import aiohttp


async def ask(port: str, token: str, command: dict) -> int:
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(f"http://127.0.0.1:{port}/api/websocket", max_msg_size=0) as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": token})
            answer = await socket.receive_json()
            if answer["type"] != "auth_ok":
                print(answer, file=sys.stderr)
                return 1
            await socket.send_json({"id": 1} | command)
            answer = await socket.receive_json()
            if not answer.get("success"):
                print(answer, file=sys.stderr)
                return 1
            print(json.dumps(answer["result"]))
            return 0


sys.exit(asyncio.run(ask(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))))
