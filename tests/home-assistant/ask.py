#!/usr/bin/env python3
"""Puts commands to Home Assistant's websocket, one a line of JSON on standard input, and prints each answer.

ask.py PORT TOKEN, with the Python that Home Assistant runs on.
"""
import asyncio
import json
import sys

import aiohttp


async def main(port, token):
    async with aiohttp.ClientSession() as session, session.ws_connect(f"ws://127.0.0.1:{port}/api/websocket") as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": token})
        await socket.receive_json()
        for number, line in enumerate(sys.stdin, 1):
            await socket.send_json({**json.loads(line), "id": number})
            print(json.dumps(await socket.receive_json()), flush=True)


asyncio.run(main(*sys.argv[1:3]))
