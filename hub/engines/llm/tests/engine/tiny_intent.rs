//! The two networks of an intent model, of one layer each. What they say is meaningless, but it is the same each time.

use crate::tiny::{BOOL, F32, Gguf, HIDDEN, I32, SPECIAL, WIDTH, llama};
use std::path::Path;

/// Words that an utterance may have; their numbers stand behind an encoder's vector.
const WORDS: u64 = 64;
const PIECES: [&str; 34] = [
    "<s>", "<pad>", "</s>", "<unk>", "\u{2581}", "<", "|", ">", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k",
    "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z",
];

/// The network of an intent model that writes.
pub(crate) fn decoder(path: &Path) {
    let mut file = Gguf::default();
    file.number("hearth.dialect", 7);
    llama(&mut file, WIDTH + WORDS, 3, 3);
    std::fs::write(path, file.bytes()).unwrap();
}

/// The network of an intent model that reads.
pub(crate) fn encoder(path: &Path) {
    let mut file = Gguf::default();
    file.string("general.architecture", "bert");
    for (key, value) in [
        ("context_length", 448),
        ("embedding_length", WIDTH),
        ("block_count", 1),
        ("feed_forward_length", HIDDEN),
        ("attention.head_count", 2),
        ("pooling_type", 0),
    ] {
        file.number(&format!("bert.{key}"), value);
    }
    file.pair("bert.attention.layer_norm_epsilon", F32);
    file.pairs.extend(1e-5_f32.to_le_bytes());
    file.pair("bert.attention.causal", BOOL);
    file.pairs.push(0);
    pieces(&mut file);
    file.tensor("token_embd.weight", &[WIDTH, PIECES.len() as u64 + SPECIAL.len() as u64]);
    file.tensor("position_embd.weight", &[WIDTH, 448]);
    file.tensor("token_types.weight", &[WIDTH, 1]);
    for (name, shape) in [
        ("token_embd_norm", &[][..]),
        ("blk.0.attn_q", &[WIDTH, WIDTH]),
        ("blk.0.attn_k", &[WIDTH, WIDTH]),
        ("blk.0.attn_v", &[WIDTH, WIDTH]),
        ("blk.0.attn_output", &[WIDTH, WIDTH]),
        ("blk.0.attn_output_norm", &[]),
        ("blk.0.ffn_up", &[WIDTH, HIDDEN]),
        ("blk.0.ffn_down", &[HIDDEN, WIDTH]),
        ("blk.0.layer_output_norm", &[]),
    ] {
        file.tensor(&format!("{name}.weight"), if shape.is_empty() { &[WIDTH] } else { shape });
        file.tensor(&format!("{name}.bias"), &[*shape.last().unwrap_or(&WIDTH)]);
    }
    std::fs::write(path, file.bytes()).unwrap();
}

fn pieces(file: &mut Gguf) {
    file.string("tokenizer.ggml.model", "t5");
    file.string("tokenizer.ggml.pre", "default");
    let special = SPECIAL.iter().map(|name| format!("<|{name}|>"));
    let tokens: Vec<String> = PIECES.iter().map(|piece| (*piece).to_owned()).chain(special).collect();
    file.strings("tokenizer.ggml.tokens", &tokens);
    let count = tokens.len() as u64;
    file.array("tokenizer.ggml.scores", F32, count);
    file.pairs.extend((0..count).flat_map(|_| (-1.0_f32).to_le_bytes()));
    file.array("tokenizer.ggml.token_type", I32, count);
    let kinds = (0..tokens.len()).map(|token| match token {
        0..3 => 3_i32,
        3 => 2,
        _ if token < PIECES.len() => 1,
        _ => 3,
    });
    file.pairs.extend(kinds.flat_map(i32::to_le_bytes));
    for (key, value) in [("bos", 0), ("padding", 1), ("eos", 2), ("unknown", 3)] {
        file.number(&format!("tokenizer.ggml.{key}_token_id"), value);
    }
    file.number("tokenizer.ggml.token_type_count", 1);
    for key in ["add_bos_token", "add_eos_token", "add_space_prefix", "remove_extra_whitespaces"] {
        file.pair(&format!("tokenizer.ggml.{key}"), BOOL);
        file.pairs.push(0);
    }
}
