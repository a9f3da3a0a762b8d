//! The messages of ESPHome's native API that a voice satellite and the hub exchange, numbered as in its `api.proto`
//! (Home Assistant's `aioesphomeapi` has it). Fields that nobody here reads are left out, as are all other messages.

use prost::Message;

use super::frame::Frame;

/// A message that has a number of its own.
pub(super) trait Numbered: Message + Sized {
    /// Its number.
    const KIND: u32;

    /// As it travels.
    fn frame(&self) -> Frame {
        Frame { kind: Self::KIND, payload: self.encode_to_vec() }
    }
}

/// What a device says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FromDevice {
    /// Which API it speaks.
    Hello(HelloResponse),
    /// Whether the password is right.
    Authentication(AuthenticationResponse),
    /// It is about to leave.
    Disconnect,
    /// It asks whether the hub is there.
    Ping,
    /// What it is.
    DeviceInfo(DeviceInfoResponse),
    /// A media player that it has.
    MediaPlayer(ListEntitiesMediaPlayerResponse),
    /// All it has was said.
    EntitiesDone,
    /// It asks for the time.
    GetTime,
    /// It wants what is said to be heard, or no longer.
    Request(VoiceAssistantRequest),
    /// Sound.
    Audio(VoiceAssistantAudio),
    /// What it was to play has been played.
    Finished,
    /// Something that is not known here, or that changes nothing.
    Other,
}

impl FromDevice {
    /// What a frame says.
    ///
    /// # Errors
    /// If its bytes are no such message.
    pub(super) fn read(frame: &Frame) -> Result<Self, prost::DecodeError> {
        let payload = frame.payload.as_slice();
        Ok(match frame.kind {
            HelloResponse::KIND => Self::Hello(Message::decode(payload)?),
            AuthenticationResponse::KIND => Self::Authentication(Message::decode(payload)?),
            DisconnectRequest::KIND => Self::Disconnect,
            PingRequest::KIND => Self::Ping,
            DeviceInfoResponse::KIND => Self::DeviceInfo(Message::decode(payload)?),
            ListEntitiesMediaPlayerResponse::KIND => Self::MediaPlayer(Message::decode(payload)?),
            LIST_ENTITIES_DONE => Self::EntitiesDone,
            GET_TIME => Self::GetTime,
            VoiceAssistantRequest::KIND => Self::Request(Message::decode(payload)?),
            VoiceAssistantAudio::KIND => Self::Audio(Message::decode(payload)?),
            VOICE_ASSISTANT_ANNOUNCE_FINISHED => Self::Finished,
            _ => Self::Other,
        })
    }
}

/// Gives messages their numbers.
macro_rules! numbered {
    ($($message:ident = $kind:literal),* $(,)?) => {
        $(impl Numbered for $message { const KIND: u32 = $kind; })*
    };
}

numbered!(
    HelloRequest = 1,
    HelloResponse = 2,
    AuthenticationRequest = 3,
    AuthenticationResponse = 4,
    DisconnectRequest = 5,
    DisconnectResponse = 6,
    PingRequest = 7,
    PingResponse = 8,
    DeviceInfoRequest = 9,
    DeviceInfoResponse = 10,
    ListEntitiesRequest = 11,
    GetTimeResponse = 37,
    ListEntitiesMediaPlayerResponse = 63,
    MediaPlayerCommandRequest = 65,
    SubscribeVoiceAssistantRequest = 89,
    VoiceAssistantRequest = 90,
    VoiceAssistantResponse = 91,
    VoiceAssistantEventResponse = 92,
    VoiceAssistantAudio = 106,
    VoiceAssistantTimerEventResponse = 115,
    VoiceAssistantAnnounceRequest = 119,
);

#[derive(Clone, PartialEq, Message)]
pub(super) struct HelloRequest {
    #[prost(string, tag = "1")]
    pub(super) client_info: String,
    #[prost(uint32, tag = "2")]
    pub(super) api_version_major: u32,
    #[prost(uint32, tag = "3")]
    pub(super) api_version_minor: u32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct HelloResponse {
    #[prost(uint32, tag = "1")]
    pub(super) api_version_major: u32,
    #[prost(uint32, tag = "2")]
    pub(super) api_version_minor: u32,
}

/// Devices have no password any more, but some wait for this.
#[derive(Clone, PartialEq, Message)]
pub(super) struct AuthenticationRequest {}

#[derive(Clone, PartialEq, Message)]
pub(super) struct AuthenticationResponse {
    #[prost(bool, tag = "1")]
    pub(super) invalid_password: bool,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct DisconnectRequest {}

#[derive(Clone, PartialEq, Message)]
pub(super) struct DisconnectResponse {}

#[derive(Clone, PartialEq, Message)]
pub(super) struct PingRequest {}

#[derive(Clone, PartialEq, Message)]
pub(super) struct PingResponse {}

#[derive(Clone, PartialEq, Message)]
pub(super) struct DeviceInfoRequest {}

#[derive(Clone, PartialEq, Message)]
pub(super) struct DeviceInfoResponse {
    #[prost(string, tag = "2")]
    pub(super) name: String,
    #[prost(string, tag = "4")]
    pub(super) esphome_version: String,
    #[prost(string, tag = "6")]
    pub(super) model: String,
    #[prost(uint32, tag = "17")]
    pub(super) voice_assistant_feature_flags: u32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct ListEntitiesRequest {}

#[derive(Clone, PartialEq, Message)]
pub(super) struct GetTimeResponse {
    #[prost(fixed32, tag = "1")]
    pub(super) epoch_seconds: u32,
}

impl GetTimeResponse {
    /// That time, in milliseconds since 1970 UTC.
    pub(super) fn at(now_ms: i64) -> Self {
        Self { epoch_seconds: u32::try_from(now_ms / 1000).unwrap_or_default() }
    }
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct ListEntitiesMediaPlayerResponse {
    #[prost(fixed32, tag = "2")]
    pub(super) key: u32,
    #[prost(message, repeated, tag = "9")]
    pub(super) supported_formats: Vec<MediaPlayerSupportedFormat>,
}

/// What a media player takes.
#[derive(Clone, PartialEq, Message)]
pub(super) struct MediaPlayerSupportedFormat {
    #[prost(string, tag = "1")]
    pub(super) format: String,
    #[prost(uint32, tag = "2")]
    pub(super) sample_rate: u32,
    #[prost(uint32, tag = "3")]
    pub(super) num_channels: u32,
    #[prost(int32, tag = "4")]
    pub(super) purpose: i32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct MediaPlayerCommandRequest {
    #[prost(fixed32, tag = "1")]
    pub(super) key: u32,
    #[prost(bool, tag = "2")]
    pub(super) has_command: bool,
    #[prost(int32, tag = "3")]
    pub(super) command: i32,
    #[prost(bool, tag = "6")]
    pub(super) has_media_url: bool,
    #[prost(string, tag = "7")]
    pub(super) media_url: String,
    #[prost(bool, tag = "8")]
    pub(super) has_announcement: bool,
    #[prost(bool, tag = "9")]
    pub(super) announcement: bool,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct SubscribeVoiceAssistantRequest {
    #[prost(bool, tag = "1")]
    pub(super) subscribe: bool,
    #[prost(uint32, tag = "2")]
    pub(super) flags: u32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct VoiceAssistantRequest {
    #[prost(bool, tag = "1")]
    pub(super) start: bool,
    #[prost(uint32, tag = "3")]
    pub(super) flags: u32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct VoiceAssistantResponse {
    /// None: the sound comes in messages.
    #[prost(uint32, tag = "1")]
    pub(super) port: u32,
    #[prost(bool, tag = "2")]
    pub(super) error: bool,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct VoiceAssistantEventResponse {
    #[prost(enumeration = "VoiceEvent", tag = "1")]
    pub(super) event_type: i32,
    #[prost(message, repeated, tag = "2")]
    pub(super) data: Vec<VoiceAssistantEventData>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct VoiceAssistantEventData {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "2")]
    pub(super) value: String,
}

/// What happens while something is heard and answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub(super) enum VoiceEvent {
    Error = 0,
    RunStart = 1,
    RunEnd = 2,
    SttStart = 3,
    SttEnd = 4,
    IntentStart = 5,
    IntentEnd = 6,
    TtsStart = 7,
    TtsEnd = 8,
    SttVadStart = 11,
    SttVadEnd = 12,
    TtsStreamStart = 98,
    TtsStreamEnd = 99,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct VoiceAssistantAudio {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) data: Vec<u8>,
    #[prost(bool, tag = "2")]
    pub(super) end: bool,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct VoiceAssistantTimerEventResponse {
    #[prost(enumeration = "TimerEvent", tag = "1")]
    pub(super) event_type: i32,
    #[prost(string, tag = "2")]
    pub(super) timer_id: String,
    #[prost(string, tag = "3")]
    pub(super) name: String,
    #[prost(uint32, tag = "4")]
    pub(super) total_seconds: u32,
    #[prost(uint32, tag = "5")]
    pub(super) seconds_left: u32,
    #[prost(bool, tag = "6")]
    pub(super) is_active: bool,
}

/// What happened to a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub(super) enum TimerEvent {
    Started = 0,
    Updated = 1,
    Cancelled = 2,
    Finished = 3,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct VoiceAssistantAnnounceRequest {
    #[prost(string, tag = "1")]
    pub(super) media_id: String,
    #[prost(string, tag = "2")]
    pub(super) text: String,
}

/// What a device can do as a voice satellite.
pub(super) mod feature {
    pub(in super::super) const VOICE_ASSISTANT: u32 = 1;
    /// It plays sound that comes in messages.
    pub(in super::super) const SPEAKER: u32 = 1 << 1;
    /// It sends sound in messages.
    pub(in super::super) const API_AUDIO: u32 = 1 << 2;
    /// It shows timers, and rings when one runs out.
    pub(in super::super) const TIMERS: u32 = 1 << 3;
    /// It plays what it is given the address of, and says when that is over.
    pub(in super::super) const ANNOUNCE: u32 = 1 << 4;
}

/// Sound in messages: 1 as `api.proto` says, 4 as Home Assistant does.
pub(super) const SUBSCRIBE_API_AUDIO: u32 = 1 | 1 << 2;
/// The hub is to wait for the wake word.
pub(super) const USE_WAKE_WORD: u32 = 1 << 1;
/// The format of an announcement, among those of a media player.
pub(super) const PURPOSE_ANNOUNCEMENT: i32 = 1;
/// Among the commands of a media player.
pub(super) const COMMAND_STOP: i32 = 2;
const LIST_ENTITIES_DONE: u32 = 19;
const GET_TIME: u32 = 36;
const VOICE_ASSISTANT_ANNOUNCE_FINISHED: u32 = 120;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As `aioesphomeapi`, Home Assistant's own package, writes them.
    #[test]
    fn messages_are_those_of_the_reference() {
        let event = VoiceAssistantEventResponse {
            event_type: VoiceEvent::IntentEnd.into(),
            data: vec![VoiceAssistantEventData { name: "continue_conversation".to_owned(), value: "1".to_owned() }],
        };
        let bytes = b"\x08\x06\x12\x1a\x0a\x15continue_conversation\x12\x011";
        assert_eq!(event.frame(), Frame { kind: 92, payload: bytes.to_vec() });
        let start = Frame { kind: 90, payload: b"\x08\x01\x12\x02c1\x18\x01*\x09okay nabu".to_vec() };
        assert_eq!(
            FromDevice::read(&start).unwrap(),
            FromDevice::Request(VoiceAssistantRequest { start: true, flags: 1 })
        );
        assert_eq!(FromDevice::read(&Frame { kind: 9_999, payload: vec![0xff] }).unwrap(), FromDevice::Other);
        assert!(FromDevice::read(&Frame { kind: 90, payload: vec![0xff] }).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_do_harm(kind in 0_u32..130, payload in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = FromDevice::read(&Frame { kind, payload });
        }
    }
}
