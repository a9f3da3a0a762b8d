//! A general model of one layer with weights from a fixed formula, written as GGUF byte by byte.
//! What it says is meaningless, but it is the same each time.

use std::path::Path;

pub(crate) const WIDTH: u64 = 32;
pub(crate) const HIDDEN: u64 = 64;
pub(crate) const SPECIAL: [&str; 16] =
    ["begin", "end", "code", "0", "1", "2", "3", "4", "5", "6", "7", "TurnOn", "TurnOff", "area", "name", "spare"];
const BYTES: u64 = 256;
const VOCAB: u64 = BYTES + SPECIAL.len() as u64;
const ALIGNMENT: usize = 32;
const U32: u32 = 4;
pub(crate) const I32: u32 = 5;
pub(crate) const F32: u32 = 6;
pub(crate) const BOOL: u32 = 7;
const STRING: u32 = 8;
const ARRAY: u32 = 9;
/// llama.cpp knows this family by the marks in it.
const CHAT_TEMPLATE: &str = "{% for m in messages %}<|im_start|>{{m.role}}\n{{m.content}}<|im_end|>\n{% endfor %}";

/// A general model.
pub(crate) fn general(path: &Path) {
    let mut file = Gguf::default();
    llama(&mut file, WIDTH, 2, 1);
    file.string("tokenizer.chat_template", CHAT_TEMPLATE);
    std::fs::write(path, file.bytes()).unwrap();
}

/// What every model of the Llama family has in its file.
pub(crate) fn llama(file: &mut Gguf, width: u64, heads: u64, kv_heads: u64) {
    file.string("general.architecture", "llama");
    for (key, value) in [
        ("context_length", 512),
        ("embedding_length", width),
        ("block_count", 1),
        ("feed_forward_length", HIDDEN),
        ("attention.head_count", heads),
        ("attention.head_count_kv", kv_heads),
        ("rope.dimension_count", width / heads),
        ("vocab_size", VOCAB),
    ] {
        file.number(&format!("llama.{key}"), value);
    }
    file.pair("llama.attention.layer_norm_rms_epsilon", F32);
    file.pairs.extend(1e-5_f32.to_le_bytes());
    vocabulary(file);
    tensors(file, width, width / heads * kv_heads);
}

fn vocabulary(file: &mut Gguf) {
    file.string("tokenizer.ggml.model", "gpt2");
    file.string("tokenizer.ggml.pre", "gpt-2");
    let special = SPECIAL.iter().map(|name| format!("<|{name}|>"));
    let tokens: Vec<String> = byte_symbols().into_iter().map(String::from).chain(special).collect();
    file.strings("tokenizer.ggml.tokens", &tokens);
    file.strings("tokenizer.ggml.merges", &["t h".to_owned()]);
    file.array("tokenizer.ggml.token_type", I32, VOCAB);
    let kinds = (0..VOCAB).map(|token| if token < BYTES { 1_i32 } else { 3 });
    file.pairs.extend(kinds.flat_map(i32::to_le_bytes));
    file.number("tokenizer.ggml.bos_token_id", BYTES);
    file.number("tokenizer.ggml.eos_token_id", BYTES + 1);
    file.pair("tokenizer.ggml.add_bos_token", BOOL);
    file.pairs.push(0);
}

/// The printable stand-in of each byte that byte-level BPE uses.
fn byte_symbols() -> Vec<char> {
    let mut others = 256_u32..;
    let symbol = |byte: u32| match byte {
        0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff => byte,
        _ => others.next().unwrap(),
    };
    (0..256).map(symbol).map(|code| char::from_u32(code).unwrap()).collect()
}

fn tensors(file: &mut Gguf, width: u64, kv_width: u64) {
    file.tensor("token_embd.weight", &[width, VOCAB]);
    file.tensor("output_norm.weight", &[width]);
    for (name, shape) in [
        ("attn_norm", &[width][..]),
        ("attn_q", &[width, width]),
        ("attn_k", &[width, kv_width]),
        ("attn_v", &[width, kv_width]),
        ("attn_output", &[width, width]),
        ("ffn_norm", &[width]),
        ("ffn_gate", &[width, HIDDEN]),
        ("ffn_up", &[width, HIDDEN]),
        ("ffn_down", &[HIDDEN, width]),
    ] {
        file.tensor(&format!("blk.0.{name}.weight"), shape);
    }
}

/// A file while it is being put together.
#[derive(Default)]
pub(crate) struct Gguf {
    pair_count: u64,
    pub(crate) pairs: Vec<u8>,
    tensor_count: u64,
    infos: Vec<u8>,
    data: Vec<u8>,
    random: u32,
}

impl Gguf {
    pub(crate) fn pair(&mut self, key: &str, kind: u32) {
        self.pair_count += 1;
        text(&mut self.pairs, key);
        self.pairs.extend(kind.to_le_bytes());
    }

    pub(crate) fn number(&mut self, key: &str, value: u64) {
        self.pair(key, U32);
        self.pairs.extend(u32::try_from(value).unwrap().to_le_bytes());
    }

    pub(crate) fn string(&mut self, key: &str, value: &str) {
        self.pair(key, STRING);
        text(&mut self.pairs, value);
    }

    pub(crate) fn array(&mut self, key: &str, kind: u32, count: u64) {
        self.pair(key, ARRAY);
        self.pairs.extend(kind.to_le_bytes());
        self.pairs.extend(count.to_le_bytes());
    }

    pub(crate) fn strings(&mut self, key: &str, values: &[String]) {
        self.array(key, STRING, values.len() as u64);
        values.iter().for_each(|value| text(&mut self.pairs, value));
    }

    pub(crate) fn tensor(&mut self, name: &str, shape: &[u64]) {
        self.tensor_count += 1;
        text(&mut self.infos, name);
        self.infos.extend(u32::try_from(shape.len()).unwrap().to_le_bytes());
        shape.iter().for_each(|size| self.infos.extend(size.to_le_bytes()));
        self.infos.extend(0_u32.to_le_bytes());
        self.infos.extend((self.data.len() as u64).to_le_bytes());
        for _ in 0..shape.iter().product::<u64>() {
            let value = if shape.len() == 1 { 1.0 } else { self.next_weight() };
            self.data.extend(value.to_le_bytes());
        }
        self.data.resize(self.data.len().next_multiple_of(ALIGNMENT), 0);
    }

    /// A linear congruential generator, spread over -0.5..0.5.
    fn next_weight(&mut self) -> f32 {
        self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from(u16::try_from(self.random >> 16).unwrap()) / 65536.0 - 0.5
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(3_u32.to_le_bytes());
        bytes.extend(self.tensor_count.to_le_bytes());
        bytes.extend(self.pair_count.to_le_bytes());
        bytes.extend(&self.pairs);
        bytes.extend(&self.infos);
        bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
        bytes.extend(&self.data);
        bytes
    }
}

fn text(to: &mut Vec<u8>, value: &str) {
    to.extend((value.len() as u64).to_le_bytes());
    to.extend(value.as_bytes());
}
