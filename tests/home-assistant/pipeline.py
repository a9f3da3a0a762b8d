#!/usr/bin/env python3
"""Speaks a WAV file to a voice pipeline of Home Assistant whose parts are all Hearth, and prints what came of it.

pipeline.py PORT TOKEN < WAV, with the Python that Home Assistant runs on. Prints one line of JSON: the words that were heard,
the kind of response and its words, and how many bytes of speech came back.
"""
import asyncio
import audioop
import io
import json
import sys
import wave

import aiohttp

RATE = 16_000


def sound():
    with wave.open(io.BytesIO(sys.stdin.buffer.read()), "rb") as wav:
        frames = wav.readframes(wav.getnframes())
        return audioop.ratecv(frames, 2, 1, wav.getframerate(), RATE, None)[0]


async def main(port, token):
    base = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{base}/api/websocket") as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": token})
        await socket.receive_json()
        await socket.send_json({
            "id": 1, "type": "assist_pipeline/pipeline/create", "name": "Hearth", "language": "en",
            "conversation_engine": "conversation.hearth", "conversation_language": "en",
            "stt_engine": "stt.hearth", "stt_language": "en", "tts_engine": "tts.hearth", "tts_language": "en",
            "tts_voice": None, "wake_word_entity": None, "wake_word_id": None,
        })
        made = await socket.receive_json()
        if not made["success"]:
            raise SystemExit(json.dumps(made))
        await socket.send_json({
            "id": 2, "type": "assist_pipeline/run", "start_stage": "stt", "end_stage": "tts",
            "pipeline": made["result"]["id"], "input": {"sample_rate": RATE},
        })
        seen = {}
        while "run-end" not in seen:
            message = await asyncio.wait_for(socket.receive_json(), 60)
            if message["type"] != "event":
                if not message.get("success"):
                    raise SystemExit(json.dumps(message))
                continue
            event = message["event"]
            seen[event["type"]] = event["data"]
            if event["type"] == "error":
                raise SystemExit(json.dumps(event))
            if event["type"] == "stt-start":
                handler = bytes([seen["run-start"]["runner_data"]["stt_binary_handler_id"]])
                pcm = sound()
                for at in range(0, len(pcm), 2048):
                    await socket.send_bytes(handler + pcm[at:at + 2048])
                await socket.send_bytes(handler)
        async with session.get(base + seen["tts-end"]["tts_output"]["url"]) as spoken:
            speech = await spoken.read()
        response = seen["intent-end"]["intent_output"]["response"]
        print(json.dumps({
            "heard": seen["stt-end"]["stt_output"]["text"], "kind": response["response_type"],
            "reply": response["speech"]["plain"]["speech"], "speech": len(speech),
        }))


asyncio.run(main(*sys.argv[1:3]))
