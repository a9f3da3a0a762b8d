#!/usr/bin/env python3
"""A voice satellite that speaks ESPHome's native API, as far as a test needs one.

device.py SETTINGS

Listens on a port of its own and says there what Home Assistant's own messages say (`aioesphomeapi`); encrypted, if the
settings have a `key`, by the package `noiseprotocol`. It goes the way of ESPHome's firmware: an answer is fetched from
its address, or comes in messages where `features` has a speaker, and after a question it asks to be heard again.
Commands are lines of JSON on standard input, what happens are lines of JSON on standard output.
"""
import array
import asyncio
import base64
import importlib.util
import json
import sys
import types
import urllib.request
import wave

# The package would import all that a client needs; the messages need nothing of it.
package = types.ModuleType("aioesphomeapi")
package.__path__ = list(importlib.util.find_spec("aioesphomeapi").submodule_search_locations)
sys.modules["aioesphomeapi"] = package
from aioesphomeapi import api_options_pb2 as options  # noqa: E402
from aioesphomeapi import api_pb2 as api  # noqa: E402

KINDS = {}
for descriptor in api.DESCRIPTOR.message_types_by_name.values():
    if kind := descriptor.GetOptions().Extensions[options.id]:
        KINDS[kind] = getattr(api, descriptor.name)
IDS = {message: kind for kind, message in KINDS.items()}
RATE = 16_000
SPEAKER = 1 << 1
PLAYER = 7


def tell(what, **more):
    print(json.dumps({"is": what, **more}), flush=True)


def loudest(samples):
    return max(map(abs, samples), default=0)


def sentence(path, loudness):
    """The samples of a WAV file at the rate of the protocol."""
    with wave.open(path, "rb") as wav:
        samples = array.array("h", wav.readframes(wav.getnframes()))
        step = wav.getframerate() / RATE
    at = (int(number * step) for number in range(int(len(samples) / step)))
    return array.array("h", (int(samples[place] * loudness) for place in at))


class Plain:
    """Frames as they are."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def begin(self):
        pass

    async def number(self):
        number, shift = 0, 0
        while True:
            byte = (await self.reader.readexactly(1))[0]
            number |= (byte & 0x7F) << shift
            if not byte & 0x80:
                return number
            shift += 7

    async def read(self):
        if await self.reader.readexactly(1) != b"\0":
            # As ESPHome's firmware does.
            self.writer.write(b"\0\x13\0Bad indicator byte")
            raise ConnectionError("another protocol")
        length = await self.number()
        kind = await self.number()
        return kind, await self.reader.readexactly(length)

    def write(self, kind, payload):
        def number(value):
            out = bytearray()
            while value > 0x7F:
                out.append(value & 0x7F | 0x80)
                value >>= 7
            return bytes(out + bytes([value]))

        self.writer.write(b"\0" + number(len(payload)) + number(kind) + payload)


class Encrypted:
    """Frames in packets of Noise."""

    def __init__(self, reader, writer, key):
        from noise.connection import NoiseConnection

        self.reader, self.writer = reader, writer
        self.noise = NoiseConnection.from_name(b"Noise_NNpsk0_25519_ChaChaPoly_SHA256")
        self.noise.set_as_responder()
        self.noise.set_psks(base64.b64decode(key))
        self.noise.set_prologue(b"NoiseAPIInit\0\0")

    async def packet(self):
        head = await self.reader.readexactly(3)
        if head[0] != 1:
            self.send(b"\1Bad indicator byte")
            raise ConnectionError("no encryption")
        return await self.reader.readexactly(head[1] << 8 | head[2])

    def send(self, packet):
        self.writer.write(bytes([1, len(packet) >> 8, len(packet) & 0xFF]) + packet)

    async def begin(self):
        assert await self.packet() == b""
        self.noise.start_handshake()
        message = await self.packet()
        self.send(b"\1test-satellite\0aabbccddeeff\0")
        try:
            self.noise.read_message(message[1:])
        except Exception:
            # As ESPHome's firmware does.
            self.send(b"\1Handshake MAC failure")
            tell("refused")
            raise ConnectionError("another key") from None
        self.send(b"\0" + bytes(self.noise.write_message()))

    async def read(self):
        inside = bytes(self.noise.decrypt(await self.packet()))
        return inside[0] << 8 | inside[1], inside[4:]

    def write(self, kind, payload):
        size = len(payload)
        self.send(bytes(self.noise.encrypt(bytes([kind >> 8, kind & 0xFF, size >> 8, size & 0xFF]) + payload)))


class Device:
    def __init__(self, settings):
        self.features = settings["features"]
        self.key = settings.get("key")
        self.form = settings.get("form")
        self.faults = settings.get("faults", [])
        self.sentences, self.link, self.tasks = [], None, set()
        self.is_streaming, self.goes_on, self.stream = False, False, None
        self.stopped = asyncio.Event()

    def run(self, task):
        task = asyncio.get_running_loop().create_task(task)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def send(self, message):
        if self.link is not None:
            self.link.write(IDS[type(message)], message.SerializeToString())

    async def accept(self, reader, writer):
        if self.faults:
            fault = self.faults.pop(0)
            tell("fault", fault=fault)
            writer.write({"rubbish": b"HTTP/1.1 400 Bad Request\r\n\r\n", "half": b"\0\x20\x02\x08"}[fault])
            await writer.drain()
            # Whether it is the hub that leaves.
            while await reader.read(4096):
                pass
            tell("left")
            return writer.close()
        link = Encrypted(reader, writer, self.key) if self.key else Plain(reader, writer)
        try:
            await link.begin()
            self.link = link
            while True:
                kind, payload = await link.read()
                self.take(KINDS[kind].FromString(payload))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        if self.link is link:
            self.link = None
            tell("left")
        writer.close()

    def take(self, message):
        name = type(message).__name__
        if answer := getattr(self, name, None):
            answer(message)
        elif name not in ("AuthenticationRequest", "DisconnectRequest", "PingResponse", "GetTimeResponse"):
            raise AssertionError(f"the hub sent a {name}")

    def HelloRequest(self, message):
        assert (message.api_version_major, message.client_info[:7]) == (1, "Hearth ")
        self.send(api.HelloResponse(api_version_major=1, api_version_minor=14, name="test-satellite"))

    def PingRequest(self, _):
        self.send(api.PingResponse())

    def DisconnectRequest(self, _):
        self.send(api.DisconnectResponse())

    def DeviceInfoRequest(self, _):
        self.send(api.DeviceInfoResponse(
            name="test-satellite", model="Test", esphome_version="2026.1.0", mac_address="AA:BB:CC:DD:EE:FF",
            voice_assistant_feature_flags=self.features,
        ))

    def ListEntitiesRequest(self, _):
        self.send(api.ListEntitiesLightResponse(object_id="ring", key=3, name="Ring"))
        if not self.features & SPEAKER:
            formats = []
            if self.form:
                name, rate, channels = self.form
                formats.append(api.MediaPlayerSupportedFormat(
                    format=name, sample_rate=rate, num_channels=channels, purpose=1, sample_bytes=2))
            self.send(api.ListEntitiesMediaPlayerResponse(key=PLAYER, name="Player", supported_formats=formats))
        self.send(api.ListEntitiesDoneResponse())
        self.send(api.GetTimeRequest())

    def SubscribeVoiceAssistantRequest(self, message):
        assert message.subscribe and message.flags & 1
        tell("connected")

    def VoiceAssistantResponse(self, message):
        assert message.port == 0 and not message.error
        self.is_streaming = True
        self.run(self.speak(self.sentences.pop(0) if self.sentences else array.array("h", bytes(2 * 6 * RATE))))

    async def speak(self, samples):
        for at in range(0, len(samples), 512):
            if not self.is_streaming:
                return
            self.send(api.VoiceAssistantAudio(data=samples[at:at + 512].tobytes()))
            # What the hub says must be read meanwhile.
            await asyncio.sleep(0.002)

    def wake(self, phrase=""):
        self.goes_on = False
        self.send(api.VoiceAssistantRequest(start=True, flags=1, wake_word_phrase=phrase))

    def VoiceAssistantEventResponse(self, message):
        event = api.VoiceAssistantEvent.Name(message.event_type).removeprefix("VOICE_ASSISTANT_")
        data = {one.name: one.value for one in message.data}
        tell("event", event=event, data=data)
        if event in ("STT_VAD_END", "STT_END"):
            self.is_streaming = False
        elif event == "ERROR":
            self.is_streaming = False
            self.send(api.VoiceAssistantRequest(start=False))
        elif event == "INTENT_END":
            self.goes_on = data.get("continue_conversation") == "1"
        elif event == "TTS_STREAM_START":
            self.stream = array.array("h")
        elif event == "TTS_STREAM_END":
            tell("stream", samples=len(self.stream), loudest=loudest(self.stream))
            self.stream = None
            self.listen_again()
        elif event == "TTS_END" and not self.features & SPEAKER:
            self.run(self.fetch(data["url"], True))

    def VoiceAssistantAudio(self, message):
        self.stream.frombytes(message.data)

    async def fetch(self, url, is_answer):
        def get():
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.headers["Content-Type"], answer.read()

        kind, sound = await asyncio.to_thread(get)
        if kind == "audio/wav":
            samples = array.array("h", sound[44:])
            rate, length, loud = int.from_bytes(sound[24:28], "little"), len(samples), loudest(samples)
        else:
            assert sound[:4] == b"fLaC"
            rate, length, loud = int.from_bytes(sound[18:21], "big") >> 4, int.from_bytes(sound[22:26], "big"), None
        tell("fetched", answer=is_answer, type=kind, rate=rate, samples=length, loudest=loud, name=url)
        self.stopped.clear()
        try:
            await asyncio.wait_for(self.stopped.wait(), length / rate)
        except TimeoutError:
            pass
        self.send(api.VoiceAssistantAnnounceFinished(success=True))
        if is_answer:
            self.listen_again()

    def listen_again(self):
        if self.goes_on:
            tell("listens_again")
            self.wake()

    def VoiceAssistantAnnounceRequest(self, message):
        tell("announce", text=message.text)
        self.run(self.fetch(message.media_id, False))

    def MediaPlayerCommandRequest(self, message):
        assert message.key == PLAYER and message.announcement
        stops = message.has_command and message.command == 2
        tell("player", stops=stops)
        if stops:
            self.stopped.set()
        if message.has_media_url:
            self.run(self.fetch(message.media_url, False))

    def VoiceAssistantTimerEventResponse(self, message):
        event = api.VoiceAssistantTimerEvent.Name(message.event_type).removeprefix("VOICE_ASSISTANT_TIMER_")
        tell("timer", event=event, id=message.timer_id, name=message.name, total=message.total_seconds,
             left=message.seconds_left, active=message.is_active)

    def command(self, command):
        match command["do"]:
            case "load":
                self.sentences.append(sentence(command["wav"], command["loudness"]))
            case "wake":
                self.wake("okay nabu")
            case "break_off":
                self.is_streaming = False
                self.send(api.VoiceAssistantRequest(start=False))
            case "send":
                # Any bytes as a message of any kind.
                self.link.write(command["kind"], bytes.fromhex(command["payload"]))


async def main():
    device = Device(json.loads(sys.argv[1]))
    server = await asyncio.start_server(device.accept, "127.0.0.1", 0)
    tell("port", port=server.sockets[0].getsockname()[1])
    while line := await asyncio.to_thread(sys.stdin.readline):
        device.command(json.loads(line))


asyncio.run(main())
