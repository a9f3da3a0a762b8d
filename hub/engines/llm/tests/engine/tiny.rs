//! A model of one layer with weights from a fixed formula, written as GGUF byte by byte.
//! What it says is meaningless, but it is the same each time.

use std::path::Path;

const WIDTH: u64 = 32;
const HIDDEN: u64 = 64;
const SPECIAL: [&str; 16] =
    ["begin", "end", "code", "0", "1", "2", "3", "4", "5", "6", "7", "TurnOn", "TurnOff", "area", "name", "spare"];
const BYTES: u64 = 256;
const VOCAB: u64 = BYTES + SPECIAL.len() as u64;
const ALIGNMENT: usize = 32;
const U32: u32 = 4;
const I32: u32 = 5;
const F32: u32 = 6;
const BOOL: u32 = 7;
const STRING: u32 = 8;
const ARRAY: u32 = 9;
/// llama.cpp knows this family by the marks in it.
const CHAT_TEMPLATE: &str = "{% for m in messages %}<|im_start|>{{m.role}}\n{{m.content}}<|im_end|>\n{% endfor %}";

pub(crate) fn write(path: &Path) {
    let mut file = Gguf::default();
    file.string("general.architecture", "llama");
    file.number("hearth.dialect", 7);
    for (key, value) in [
        ("context_length", 512),
        ("embedding_length", WIDTH),
        ("block_count", 1),
        ("feed_forward_length", HIDDEN),
        ("attention.head_count", 2),
        ("attention.head_count_kv", 1),
        ("rope.dimension_count", 16),
        ("vocab_size", VOCAB),
    ] {
        file.number(&format!("llama.{key}"), value);
    }
    file.pair("llama.attention.layer_norm_rms_epsilon", F32);
    file.pairs.extend(1e-5_f32.to_le_bytes());
    vocabulary(&mut file);
    tensors(&mut file);
    std::fs::write(path, file.bytes()).unwrap();
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
    file.string("tokenizer.chat_template", CHAT_TEMPLATE);
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

fn tensors(file: &mut Gguf) {
    file.tensor("token_embd.weight", &[WIDTH, VOCAB]);
    file.tensor("output_norm.weight", &[WIDTH]);
    for (name, shape) in [
        ("attn_norm", &[WIDTH][..]),
        ("attn_q", &[WIDTH, WIDTH]),
        ("attn_k", &[WIDTH, WIDTH / 2]),
        ("attn_v", &[WIDTH, WIDTH / 2]),
        ("attn_output", &[WIDTH, WIDTH]),
        ("ffn_norm", &[WIDTH]),
        ("ffn_gate", &[WIDTH, HIDDEN]),
        ("ffn_up", &[WIDTH, HIDDEN]),
        ("ffn_down", &[HIDDEN, WIDTH]),
    ] {
        file.tensor(&format!("blk.0.{name}.weight"), shape);
    }
}

#[derive(Default)]
struct Gguf {
    pair_count: u64,
    pairs: Vec<u8>,
    tensor_count: u64,
    infos: Vec<u8>,
    data: Vec<u8>,
    random: u32,
}

impl Gguf {
    fn pair(&mut self, key: &str, kind: u32) {
        self.pair_count += 1;
        text(&mut self.pairs, key);
        self.pairs.extend(kind.to_le_bytes());
    }

    fn number(&mut self, key: &str, value: u64) {
        self.pair(key, U32);
        self.pairs.extend(u32::try_from(value).unwrap().to_le_bytes());
    }

    fn string(&mut self, key: &str, value: &str) {
        self.pair(key, STRING);
        text(&mut self.pairs, value);
    }

    fn array(&mut self, key: &str, kind: u32, count: u64) {
        self.pair(key, ARRAY);
        self.pairs.extend(kind.to_le_bytes());
        self.pairs.extend(count.to_le_bytes());
    }

    fn strings(&mut self, key: &str, values: &[String]) {
        self.array(key, STRING, values.len() as u64);
        values.iter().for_each(|value| text(&mut self.pairs, value));
    }

    fn tensor(&mut self, name: &str, shape: &[u64]) {
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

    fn bytes(&self) -> Vec<u8> {
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
