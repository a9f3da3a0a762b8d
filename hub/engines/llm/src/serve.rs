//! Serves the hub: one request after the other, until standard input closes.

use crate::chat::{Chat, Chatter};
use crate::coder::{Coder, Run};
use crate::decoder::Decoder;
use crate::encoder::Encoder;
use crate::failure::Failure;
use crate::inbox::{Arrival, Aside, Inbox};
use crate::loading::{self, Load};
use crate::session::Session;
use anyhow::{Context, bail};
use engine_process::{clock, memory};
use engine_protocol::{FailKind, Loaded, ModelFile, Reply, Request};
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::model::LlamaModel;
use std::io::stdout;
use std::time::{Duration, Instant};

pub(crate) fn serve() -> anyhow::Result<()> {
    let backend = loading::backend().context("start llama.cpp")?;
    let mut inbox = Inbox::open().context("start the inbox")?;
    let mut wanted = answer_until_load(&mut inbox, None)?;
    while let Some((load, asked)) = wanted {
        wanted = match serve_model(&backend, &mut inbox, &load, asked) {
            Ok(next) => next?,
            Err(failure) => {
                send(&failed(None, failure))?;
                answer_until_load(&mut inbox, None)?
            }
        };
    }
    Ok(())
}

/// The next model to load, or `None` at the end of the input.
type Wanted = Option<(Load, Instant)>;

fn serve_model(
    backend: &LlamaBackend,
    inbox: &mut Inbox,
    load: &Load,
    asked: Instant,
) -> Result<anyhow::Result<Wanted>, Failure> {
    loading::check(&load.file)?;
    match &load.encoder {
        Some(encoder) => serve_intent_model(backend, inbox, load, encoder, asked),
        None => serve_general_model(backend, inbox, load, asked),
    }
}

fn serve_intent_model(
    backend: &LlamaBackend,
    inbox: &mut Inbox,
    load: &Load,
    encoder: &ModelFile,
    asked: Instant,
) -> Result<anyhow::Result<Wanted>, Failure> {
    loading::check(encoder)?;
    let model = loading::load_model(backend, &encoder.path)?;
    let ctx = context(&model, backend, loading::encoder_params(load.threads))?;
    let decoder = Decoder::load(backend, &load.file.path, load.n_ctx, loading::intent_threads(load.threads))?;
    let loaded = Loaded {
        sha256: load.file.sha256.as_deref().map(str::to_ascii_lowercase),
        dialect: decoder.meta(c"hearth.dialect").unwrap_or(0),
        vocab: u32::try_from(decoder.vocab()).unwrap_or(0),
        params: model.n_params() + decoder.params(),
        load_ms: clock::ms_since(asked),
        rss_kb: memory::rss_kb(),
    };
    let mut coder = Coder::new(Encoder::new(&model, ctx), decoder)?;
    let mut held = Held::Intent(&mut coder);
    Ok(send(&Reply::Ready(loaded)).and_then(|()| answer_until_load(inbox, Some(&mut held))))
}

fn serve_general_model(
    backend: &LlamaBackend,
    inbox: &mut Inbox,
    load: &Load,
    asked: Instant,
) -> Result<anyhow::Result<Wanted>, Failure> {
    let model = loading::load_model(backend, &load.file.path)?;
    let ctx = context(&model, backend, loading::context_params(&model, load.threads, load.n_ctx))?;
    let mut session = Session::new(&model, ctx);
    let mut chatter = None;
    let loaded = Loaded {
        sha256: load.file.sha256.as_deref().map(str::to_ascii_lowercase),
        dialect: 0,
        vocab: u32::try_from(model.n_vocab()).unwrap_or(0),
        params: model.n_params(),
        load_ms: clock::ms_since(asked),
        rss_kb: memory::rss_kb(),
    };
    let mut held = Held::General { model: &model, session: &mut session, chatter: &mut chatter };
    Ok(send(&Reply::Ready(loaded)).and_then(|()| answer_until_load(inbox, Some(&mut held))))
}

fn context<'m>(
    model: &'m LlamaModel,
    backend: &LlamaBackend,
    params: LlamaContextParams,
) -> Result<LlamaContext<'m>, Failure> {
    let made = model.new_context(backend, params);
    made.map_err(|error| Failure::new(FailKind::BadModel, format!("make context: `{error}`")))
}

/// A loaded model.
enum Held<'a, 'm> {
    Intent(&'a mut Coder<'m>),
    /// With what it needs to chat once it has.
    General {
        model: &'m LlamaModel,
        session: &'a mut Session<'m>,
        chatter: &'a mut Option<Chatter>,
    },
}

fn answer_until_load(inbox: &mut Inbox, mut held: Option<&mut Held<'_, '_>>) -> anyhow::Result<Wanted> {
    loop {
        let (request, arrived) = match inbox.next() {
            Arrival::Request(request, arrived) => (request, arrived),
            Arrival::Closed(None) => return Ok(None),
            Arrival::Closed(Some(why)) => bail!("input broke off: {why}"),
            Arrival::Malformed(why) => {
                send(&failed(None, Failure::internal(why)))?;
                continue;
            }
        };
        match request {
            Request::Load { file, encoder, threads, n_ctx } => {
                let load = Load { file, encoder, threads, n_ctx };
                return Ok(Some((load, arrived)));
            }
            work @ (Request::Run { .. } | Request::Chat { .. }) => {
                send(&perform(inbox, held.as_deref_mut(), work, arrived)?)?;
            }
            // The run is over, or never was.
            Request::Cancel { id: _ } => {}
            Request::Ping => send(&pong())?,
        }
    }
}

/// Runs and chats; anything else is no work.
fn perform(
    inbox: &mut Inbox,
    held: Option<&mut Held<'_, '_>>,
    work: Request,
    arrived: Instant,
) -> anyhow::Result<Reply> {
    match work {
        Request::Run { id, pieces, automaton, max_tokens, deadline_ms } => {
            let run = Run { id, pieces, automaton, max_tokens };
            let deadline = deadline(arrived, deadline_ms);
            answer(inbox, held, id, deadline, |held, stop| match held {
                Held::Intent(coder) => coder.run(&run, stop).map(Reply::Done),
                Held::General { .. } => Err(Failure::internal("a general model writes no codes".to_owned())),
            })
        }
        Request::Chat { id, system, user, schema, max_tokens, deadline_ms } => {
            let chat = Chat { id, system, user, schema, max_tokens };
            let deadline = deadline(arrived, deadline_ms);
            answer(inbox, held, id, deadline, |held, stop| {
                let Held::General { model, session, chatter } = held else {
                    return Err(Failure::internal("an intent model does not chat".to_owned()));
                };
                let chatter = match &mut **chatter {
                    Some(chatter) => chatter,
                    none => none.insert(Chatter::new(model)?),
                };
                session.chat(&chat, chatter, stop).map(Reply::Said)
            })
        }
        Request::Load { .. } | Request::Cancel { .. } | Request::Ping => Ok(pong()),
    }
}

fn answer(
    inbox: &mut Inbox,
    held: Option<&mut Held<'_, '_>>,
    id: u64,
    deadline: Instant,
    work: impl FnOnce(&mut Held<'_, '_>, &mut dyn FnMut() -> Result<(), Failure>) -> Result<Reply, Failure>,
) -> anyhow::Result<Reply> {
    let Some(held) = held else {
        let failure = Failure::internal("no model is loaded".to_owned());
        return Ok(failed(Some(id), failure));
    };
    let mut sent = Ok(());
    let mut stop = || {
        inbox.glance(id, deadline, |aside| {
            if sent.is_ok() {
                sent = send(&aside_reply(&aside));
            }
        })
    };
    let result = work(held, &mut stop);
    sent?;
    Ok(result.unwrap_or_else(|failure| failed(Some(id), failure)))
}

fn aside_reply(aside: &Aside) -> Reply {
    match aside {
        Aside::Pong => pong(),
        Aside::Cancelled { id } => {
            let message = "cancelled before it began".to_owned();
            failed(Some(*id), Failure::new(FailKind::Cancelled, message))
        }
    }
}

fn send(reply: &Reply) -> anyhow::Result<()> {
    engine_protocol::write_frame(&mut stdout().lock(), reply, &[]).context("write a reply")
}

fn failed(id: Option<u64>, failure: Failure) -> Reply {
    let Failure { kind, message } = failure;
    Reply::Failed { id, kind, message }
}

fn pong() -> Reply {
    let rss_kb = memory::rss_kb();
    Reply::Pong { rss_kb }
}

fn deadline(arrived: Instant, deadline_ms: u64) -> Instant {
    let allowed = Duration::from_millis(deadline_ms.min(MAX_DEADLINE_MS));
    arrived.checked_add(allowed).unwrap_or(arrived)
}

/// Nobody waits longer than this for a reply; it also keeps the sum within what the clock can hold.
const MAX_DEADLINE_MS: u64 = 10 * 60 * 1000;
