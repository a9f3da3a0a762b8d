//! Chats: a message in the model's own template, answered by a JSON text that fits a schema.
//! Knows nothing of what the schema is about.

use crate::failure::Failure;
use crate::session::{Session, count};
use engine_process::clock;
use engine_protocol::{FailKind, Said};
use llama_cpp_2::model::{LlamaChatMessage, LlamaModel};
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use llguidance::api::TopLevelGrammar;
use llguidance::{Matcher, ParserFactory};

/// What the hub asked for.
pub(crate) struct Chat {
    pub(crate) id: u64,
    pub(crate) system: String,
    pub(crate) user: String,
    pub(crate) schema: String,
    pub(crate) max_tokens: u32,
}

/// What a model needs for chats, made once: its template around the texts, and its vocabulary as a tree.
pub(crate) struct Chatter {
    before: String,
    between: String,
    after: String,
    parsers: ParserFactory,
}

impl Chatter {
    pub(crate) fn new(model: &LlamaModel) -> Result<Self, Failure> {
        let template =
            model.chat_template(None).map_err(|error| bad_model(format!("find its chat template: {error}")))?;
        let message = |role: &str, text: &str| {
            LlamaChatMessage::new(role.to_owned(), text.to_owned())
                .map_err(|error| Failure::internal(error.to_string()))
        };
        let messages = [message("system", SYSTEM)?, message("user", USER)?];
        let shape = model
            .apply_chat_template(&template, &messages, true)
            .map_err(|error| bad_model(format!("apply its chat template: {error}")))?;
        let parts = shape.split_once(SYSTEM).and_then(|(before, rest)| {
            let (between, after) = rest.split_once(USER)?;
            Some((before.to_owned(), between.to_owned(), after.to_owned()))
        });
        let (before, between, after) = parts.ok_or_else(|| bad_model("its chat template loses messages".to_owned()))?;
        let mut parsers = ParserFactory::new_simple(&LlamaSampler::llguidance_tok_env(model))
            .map_err(|error| Failure::internal(format!("prepare its vocabulary: {error:#}")))?;
        // Its words would go to the standard streams, and one of them carries frames.
        parsers.quiet();
        Ok(Self { before, between, after, parsers })
    }

    fn matcher(&self, schema: &str) -> Result<Matcher, Failure> {
        let mut schema: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(schema).map_err(|error| Failure::internal(format!("read the schema: {error}")))?;
        // Spaces between the parts would cost time, and a small model may write them without end.
        let compact = serde_json::json!({ "whitespace_flexible": false, "item_separator": ",", "key_separator": ":" });
        schema.insert("x-guidance".to_owned(), compact);
        let grammar = TopLevelGrammar::from_json_schema(schema.into());
        let matcher = Matcher::new(self.parsers.create_parser(grammar));
        match matcher.get_error() {
            Some(error) => Err(Failure::internal(format!("use the schema: {error}"))),
            None => Ok(matcher),
        }
    }
}

impl Session<'_> {
    /// `stop` is asked between chunks of the prompt and between tokens of the answer.
    pub(crate) fn chat(
        &mut self,
        chat: &Chat,
        chatter: &Chatter,
        stop: &mut dyn FnMut() -> Result<(), Failure>,
    ) -> Result<Said, Failure> {
        let began = clock::now();
        let prompt = self.chat_prompt(chat, chatter);
        self.check_room(prompt.len(), chat.max_tokens)?;
        let mut matcher = chatter.matcher(&chat.schema)?;
        let fresh_tokens = self.read(&prompt, stop)?;
        let read = clock::now();
        let mut bytes = Vec::new();
        for tokens in 0..chat.max_tokens {
            stop()?;
            let token = likeliest(&mut matcher, self.last_logits())?;
            let is_end = self.vocab.is_eog(token);
            if !is_end {
                bytes.extend(self.vocab.token_to_piece(token, false, None));
                consume(&mut matcher, token)?;
            }
            if is_end || matcher.is_stopped() {
                let text = String::from_utf8(bytes);
                return Ok(Said {
                    id: chat.id,
                    text: text.map_err(|error| Failure::internal(error.to_string()))?,
                    prompt_tokens: count(prompt.len()),
                    fresh_tokens: count(fresh_tokens),
                    tokens: tokens + 1,
                    prompt_ms: read.duration_since(began).as_secs_f64() * 1000.0,
                    decode_ms: clock::ms_since(read),
                });
            }
            self.compute(&[token])?;
        }
        let message = format!("answer did not end within `{}` tokens", chat.max_tokens);
        Err(Failure::new(FailKind::TooLong, message))
    }

    /// Only the template's own text may become special tokens; the messages are data.
    fn chat_prompt(&self, chat: &Chat, chatter: &Chatter) -> Vec<LlamaToken> {
        let template = |text: &str, is_first| self.vocab.tokenize(text.as_bytes(), is_first, true);
        let mut prompt = template(&chatter.before, true);
        prompt.extend(self.encode_data(&chat.system));
        prompt.extend(template(&chatter.between, false));
        prompt.extend(self.encode_data(&chat.user));
        prompt.extend(template(&chatter.after, false));
        prompt
    }

    /// Some templates mark turns by plain text or by tokens that are found in any text, so the marks are broken up.
    fn encode_data(&self, text: &str) -> Vec<LlamaToken> {
        let plain = text.replace('<', "‹").replace("[INST", "[ INST").replace("[/INST", "[ /INST");
        self.vocab.tokenize(plain.as_bytes(), false, false)
    }
}

/// The likeliest token that the schema allows. The whole vocabulary is looked at only if the likeliest of all is not.
fn likeliest(matcher: &mut Matcher, logits: &[f32]) -> Result<LlamaToken, Failure> {
    let best = argmax(logits, |_| true)?;
    let is_allowed = |matcher: &mut Matcher| match matcher.validate_tokens(&[best]) {
        Ok(allowed) => Ok(allowed == 1),
        Err(error) => Err(Failure::internal(format!("check a token: {error:#}"))),
    };
    if is_allowed(matcher)? {
        return Ok(token_of(best));
    }
    let mask =
        matcher.compute_mask_or_eos().map_err(|error| Failure::internal(format!("find what may follow: {error:#}")))?;
    argmax(logits, |token| mask.is_allowed(token)).map(token_of)
}

fn argmax(logits: &[f32], is_allowed: impl Fn(u32) -> bool) -> Result<u32, Failure> {
    let tokens = (0_u32..).zip(logits).filter(|(token, logit)| logit.is_finite() && is_allowed(*token));
    let best = tokens.max_by(|(_, a), (_, b)| a.total_cmp(b));
    best.map(|(token, _)| token).ok_or_else(|| Failure::new(FailKind::DeadEnd, "nothing may follow".to_owned()))
}

fn consume(matcher: &mut Matcher, token: LlamaToken) -> Result<(), Failure> {
    let consumed = matcher.consume_token(u32::try_from(token.0).unwrap_or(u32::MAX));
    consumed.map_err(|error| Failure::internal(format!("take a token: {error:#}")))
}

fn token_of(token: u32) -> LlamaToken {
    LlamaToken(i32::try_from(token).unwrap_or(-1))
}

fn bad_model(message: String) -> Failure {
    Failure::new(FailKind::BadModel, message)
}

/// Stand where the messages will, while the template is taken apart.
const SYSTEM: &str = "HEARTH-SYSTEM-MESSAGE";
const USER: &str = "HEARTH-USER-MESSAGE";
