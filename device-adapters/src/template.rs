//! Templates of announcements: compiled once, run for each message, in a sandbox.
//!
//! A template is written by whoever can reach the broker, so it gets no includes, no macros, no house,
//! little fuel and little room. Fuel counts steps, not bytes, so what could grow without many steps
//! (text doubled from variable to variable, lists multiplied by large numbers) is refused by reading the source first.
//! The two shapes nearly every device uses, `{{ value }}` and `{{ value_json.a.b }}`, run without the engine.

mod arithmetic;
mod filters;
mod regexes;
mod scan;
mod spans;
mod times;

use std::cell::OnceCell;
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use house::BadTemplate;
use jiff::tz::TimeZone;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value, context};
use scan::Name;
use serde_json::Value as Json;
use times::House;

/// A template as a component holds it.
#[derive(Clone, Debug)]
pub(crate) enum Template {
    /// The payload itself.
    Payload,
    /// A path into the payload's JSON.
    Path(Vec<Key>),
    /// A program known to [`Templates`] by this name.
    Program(Arc<str>),
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Key {
    /// A member of a map.
    Name(String),
    /// A member of a list.
    Index(usize),
}

/// Every template in use, once each.
#[derive(Debug)]
pub(crate) struct Templates {
    engine: Environment<'static>,
    house: House,
    by_source: HashMap<String, Arc<str>>,
    count: u64,
    sweep_at: usize,
}

/// A message's payload, its JSON parsed at most once for all who want it.
pub(crate) struct Payload<'a> {
    /// The payload as text.
    pub(crate) text: &'a str,
    json: OnceCell<Option<Json>>,
    value: OnceCell<Value>,
}

impl<'a> Payload<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, json: OnceCell::new(), value: OnceCell::new() }
    }

    /// The payload as JSON, if it is that.
    pub(crate) fn json(&self) -> Option<&Json> {
        self.json.get_or_init(|| crate::json::parse(self.text).ok()).as_ref()
    }

    fn value(&self) -> Value {
        self.value.get_or_init(|| self.json().map_or(Value::UNDEFINED, Value::from_serialize)).clone()
    }
}

impl Templates {
    /// For a house in that zone.
    pub(crate) fn new(zone: TimeZone) -> Self {
        let house = House::in_zone(zone);
        let mut engine = Environment::empty();
        engine.set_undefined_behavior(UndefinedBehavior::Chainable);
        engine.set_fuel(Some(FUEL));
        engine.set_recursion_limit(RECURSION);
        engine.set_formatter(filters::write_as_python);
        engine.set_unknown_method_callback(filters::method);
        filters::install(&mut engine);
        arithmetic::install(&mut engine);
        regexes::install(&mut engine);
        times::install(&mut engine, &house);
        spans::install(&mut engine);
        Self { engine, house, by_source: HashMap::new(), count: 0, sweep_at: SWEEP_AT }
    }

    /// It is now that late, in milliseconds since 1970 UTC.
    pub(crate) fn tell_time(&self, now_ms: i64) {
        self.house.tell_time(now_ms);
    }

    /// Compiles a template, or finds it if another device brought the same one.
    pub(crate) fn compile(&mut self, source: &str) -> Result<Template, BadTemplate> {
        if SOURCE_BYTES < source.len() {
            return Err(BadTemplate::TooLarge);
        }
        if let Some(template) = scan::simple(source) {
            return Ok(template);
        }
        if let Some(name) = self.by_source.get(source) {
            return Ok(Template::Program(name.clone()));
        }
        scan::check(source)?;
        self.knows_all(source)?;
        self.sweep();
        self.count += 1;
        let name: Arc<str> = format!("t{}", self.count).into();
        let added = self.engine.add_template_owned(name.to_string(), spans::with_filters(source));
        added.map_err(|error| BadTemplate::Broken(error.to_string()))?;
        self.by_source.insert(source.to_owned(), name.clone());
        Ok(Template::Program(name))
    }

    /// Refuses what the engine would only find missing when a message comes.
    fn knows_all(&self, source: &str) -> Result<(), BadTemplate> {
        let state = self.engine.empty_state();
        let is_unknown = |name: &Name<'_>| match name {
            Name::Filter(name) => is(state.apply_filter(name, &[]).err(), ErrorKind::UnknownFilter),
            Name::Test(name) => is(state.perform_test(name, &[]).err(), ErrorKind::UnknownTest),
            Name::Function(name) => state.lookup(name).is_none(),
            Name::Method(name) => {
                let of = [
                    Value::from(""),
                    Value::from_serialize(HashMap::<String, u8>::new()),
                    times::example(),
                    spans::example(),
                ];
                of.iter().all(|of| is(of.call_method(&state, name, &[]).err(), ErrorKind::UnknownMethod))
            }
        };
        match scan::names(source)?.into_iter().find(is_unknown) {
            Some(name) => Err(name.unknown()),
            None => Ok(()),
        }
    }

    /// What the template makes of a payload; `None` if it makes nothing of it.
    pub(crate) fn read(
        &self,
        template: &Template,
        payload: &Payload<'_>,
        entity: &str,
    ) -> Result<Option<String>, BadTemplate> {
        match template {
            Template::Payload => Ok(Some(payload.text.to_owned())),
            Template::Path(keys) => Ok(payload.json().and_then(|json| at(json, keys)).map(scan::python_text)),
            Template::Program(name) => {
                let value_json = payload.value();
                let this = context! { entity_id => entity };
                self.run(name, context! { value => payload.text, value_json, this })
            }
        }
    }

    /// What a command's template makes of named values.
    pub(crate) fn write(&self, template: &Template, values: &[(&str, Json)]) -> Result<String, BadTemplate> {
        let value = values.iter().find(|(name, _)| *name == "value").map(|(_, value)| value);
        match template {
            Template::Payload => Ok(value.map(scan::python_text).unwrap_or_default()),
            Template::Path(_) => Ok(String::new()),
            Template::Program(name) => {
                let named: HashMap<&str, &Json> = values.iter().map(|(name, value)| (*name, value)).collect();
                self.run(name, Value::from_serialize(&named)).map(Option::unwrap_or_default)
            }
        }
    }

    fn run(&self, name: &str, context: Value) -> Result<Option<String>, BadTemplate> {
        let template = self.engine.get_template(name).map_err(failed)?;
        let mut output = Bounded(Vec::new());
        match template.render_captured_to(context, &mut output).map(drop) {
            Ok(()) => String::from_utf8(output.0).map(Some).map_err(failed),
            Err(error) if is_nothing(&error) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Forgets programs that no component holds any more, when there are many.
    fn sweep(&mut self) {
        if self.by_source.len() < self.sweep_at {
            return;
        }
        let engine = &mut self.engine;
        self.by_source.retain(|_, name| {
            let is_held = 1 < Arc::strong_count(name);
            if !is_held {
                engine.remove_template(name);
            }
            is_held
        });
        self.sweep_at = SWEEP_AT.max(self.by_source.len() * 2);
    }
}

fn failed(error: impl std::fmt::Display) -> BadTemplate {
    BadTemplate::Failed(error.to_string())
}

fn is(error: Option<Error>, kind: ErrorKind) -> bool {
    error.is_some_and(|error| error.kind() == kind)
}

/// What stands at a path.
pub(crate) fn at<'a>(json: &'a Json, keys: &[Key]) -> Option<&'a Json> {
    keys.iter().try_fold(json, |json, key| match key {
        Key::Name(name) => json.get(name),
        Key::Index(index) => json.get(index),
    })
}

/// `is_defined` ends a template that way: the message is simply not about this entity.
fn is_nothing(error: &Error) -> bool {
    error.kind() == ErrorKind::UndefinedError
}

/// A buffer that refuses to grow beyond [`OUTPUT_BYTES`].
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.len() + bytes.len() <= OUTPUT_BYTES {
            true => self.0.write(bytes),
            false => Err(io::Error::other("template writes too much")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The longest templates of real devices are about 1.5 KiB.
const SOURCE_BYTES: usize = 4096;
/// Steps; real templates take below 200.
const FUEL: u64 = 5_000;
/// Nesting of calls; there are no macros, so little is needed.
const RECURSION: usize = 20;
/// Twice the longest attribute payload we keep.
const OUTPUT_BYTES: usize = 64 * 1024;
/// Programs kept before the unused ones are looked for.
const SWEEP_AT: usize = 1024;

#[cfg(test)]
mod tests {
    use super::{BadTemplate, Payload, Templates};

    use jiff::tz::TimeZone;

    fn read(source: &str, payload: &str) -> Result<Option<String>, BadTemplate> {
        let mut templates = Templates::new(TimeZone::get("Europe/Berlin").unwrap());
        templates.tell_time(1_793_600_000_000);
        let template = templates.compile(source)?;
        templates.read(&template, &Payload::new(payload), "light.x")
    }

    #[test]
    fn templates_give_what_home_assistant_gives() {
        let cases = [
            ("{{ value }}", "on", "on"),
            ("{{ value_json.a.b }}", r#"{"a":{"b":21.50}}"#, "21.5"),
            ("{{ value_json['a'][1] }}", r#"{"a":[1,true]}"#, "True"),
            ("{{ value_json.contact }}", r#"{"contact":false}"#, "False"),
            ("{{ value_json.x | is_defined }}", r#"{"x":3}"#, "3"),
            ("{{ (value_json.b / 255 * 100) | round(0) | int }}", r#"{"b":128}"#, "50"),
            ("{{ value | float(0) | round(1) }}", "21.26", "21.3"),
            ("{{ value | int(7) + 1 }}", "x", "8"),
            ("{{ 'ON' if value_json.s == 1 else 'OFF' }}", r#"{"s":1}"#, "ON"),
            ("{{ iif(value == 'a', 'yes', 'no') }}", "a", "yes"),
            ("{{ (value == 'a') | iif('yes', 'no') }}", "b", "no"),
            ("{{ (value | from_json).a }}", r#"{"a":"z"}"#, "z"),
            ("{{ value.split(',')[1] | upper }}", "a,b", "B"),
            ("{% set m = {'1':'heat','2':'cool'} %}{{ m[value] }}", "2", "cool"),
            ("{{ value_json.a | default('none') | lower }}", "{}", "none"),
            ("{% if value_json.x is defined %}{{ value_json.x }}{% endif %}", r#"{"x":1}"#, "1"),
            ("{{ value_json.get('x', 5) }}", "{}", "5"),
            ("{{ value_json.color.r }},{{ value_json.color.g }}", r#"{"color":{"r":1,"g":2}}"#, "1,2"),
            ("{{ '%0.1f' | format(2.345) }}", "", "2.3"),
            ("{{ value_json.list | tojson }}", r#"{"list":[1,"a"]}"#, r#"[1,"a"]"#),
        ];
        for (source, payload, expected) in cases {
            assert_eq!(read(source, payload), Ok(Some(expected.to_owned())), "{source}");
        }
    }

    #[test]
    fn templates_reckon_with_times_patterns_and_numbers() {
        let cases = [
            ("{{ value | as_datetime }}", "2026-11-02T09:00:00Z", "2026-11-02 09:00:00+00:00"),
            ("{{ value | as_datetime }}", "2026-11-02T09:00:00.5+02:00", "2026-11-02 09:00:00.500000+02:00"),
            ("{{ as_datetime(value).isoformat() }}", "1793600000", "2026-11-02T06:13:20+00:00"),
            ("{{ as_datetime(value) }}", "2026-11-02 09:00:00", "2026-11-02 09:00:00+01:00"),
            ("{{ as_datetime(value, 'never') }}", "soon", "never"),
            ("{{ as_timestamp(value) | int }}", "2026-11-02T06:13:20Z", "1793600000"),
            ("{{ value_json.ts | timestamp_custom('%H:%M') }}", r#"{"ts":1793600000}"#, "07:13"),
            ("{{ value | timestamp_custom('%Y-%m-%d %H:%M', false) }}", "1793600000", "2026-11-02 06:13"),
            ("{{ value | int | timestamp_local }}", "1793600000", "2026-11-02T07:13:20+01:00"),
            ("{{ (as_timestamp(now()) - value | int) | timestamp_utc }}", "3600", "2026-11-02T05:13:20+00:00"),
            ("{{ now().strftime('%H:%M') }} {{ utcnow().hour }}", "", "07:13 6"),
            ("{{ strptime(value, '%d.%m.%Y %H:%M').isoformat() }}", "02.11.2026 09:00", "2026-11-02T09:00:00+01:00"),
            ("{{ strptime(value, '%Y-%m-%d', 'none') }}", "x", "none"),
            ("{{ is_number(value) }} {{ 'a' | is_number }}", "21.5", "True False"),
            ("{{ value is match('ab+') }} {{ value | regex_search('C', true) }}", "abbc", "True True"),
            ("{{ value | regex_match('b') }}", "abb", "False"),
            (r"{{ value | regex_replace('(\\d+)W', '\\1 watts') }}", "used 12W", "used 12 watts"),
            (r"{{ value | regex_findall_index('\\d+', 1) }}", "a1 b22", "22"),
            ("{{ value | multiply(0.1) | round(1) }} {{ value | add(2) }}", "215", "21.5 217.0"),
            ("{{ [1, 2, 6] | sum }} {{ [1, 2, 6] | average }} {{ [1, 2, 6] | median }}", "", "9.0 3.0 2.0"),
            ("{{ value | int | bitwise_and(4) }}", "6", "4"),
            ("{{ sqrt(value) }}", "9", "3.0"),
            ("{{ value | int(base=16) }} {{ int('0x1F', base=16) }}", "ff", "255 31"),
            ("{{ '{:.1f} {}'.format(value | float, 'W') }}", "21.26", "21.3 W"),
            ("{{ value.lstrip('0') }} {{ '12'.isdigit() }} {{ 'abc'.title() }}", "007", "7 True Abc"),
        ];
        for (source, payload, expected) in cases {
            assert_eq!(read(source, payload), Ok(Some(expected.to_owned())), "{source}");
        }
    }

    #[test]
    fn templates_reckon_with_spans_of_time() {
        let cases = [
            ("{{ now() - timedelta(seconds=value | int) }}", "3600", "2026-11-02 06:13:20+01:00"),
            ("{{ (now() - timedelta(hours=1, minutes=13)).isoformat() }}", "", "2026-11-02T06:00:20+01:00"),
            ("{{- (now()+timedelta(days=1)).strftime('%d %H:%M') -}}", "", "03 07:13"),
            (
                "{{ (as_datetime(value) + timedelta(days=1) - timedelta(minutes=5)).isoformat() }}",
                "2026-11-02T09:00:00Z",
                "2026-11-03T08:55:00+00:00",
            ),
            ("{{ (now() - as_datetime(value)).total_seconds() | int }}", "2026-11-02T06:00:00Z", "800"),
            (
                "{{ 'old' if now() - as_datetime(value) > timedelta(minutes=10) else 'new' }}",
                "2026-11-02T06:00:00Z",
                "old",
            ),
            ("{{ now() > as_datetime(value) }}", "2026-11-02T06:00:00Z", "True"),
            ("{{ timedelta(seconds=value | int) }}", "93784", "1 day, 2:03:04"),
            ("{{ today_at('07:00').isoformat() }} {{ today_at().hour }}", "", "2026-11-02T07:00:00+01:00 0"),
            ("{{ 'now() - timedelta(hours=1)' }} {{ 3 -1 }}", "", "now() - timedelta(hours=1) 2"),
        ];
        for (source, payload, expected) in cases {
            assert_eq!(read(source, payload), Ok(Some(expected.to_owned())), "{source}");
        }
        for hostile in [
            "{{ now() - timedelta(days=10**99) }}",
            "{{ now() + timedelta(days=1e300) }}",
            "{{ now() - timedelta(fortnights=1) }}",
            "{{ timedelta(days='x') }}",
            "{{ now() - timedelta(hours=1 }}",
        ] {
            assert!(read(hostile, "").is_err(), "{hostile}");
        }
    }

    /// What Home Assistant's own pages on MQTT give as examples, in short.
    #[test]
    fn the_examples_of_home_assistants_own_pages_work() {
        let cases = [
            ("{{ {'Arm': value_json.Timer1} | tojson }}", r#"{"Timer1":{"Arm":1}}"#, r#"{"Arm":{"Arm":1}}"#),
            ("{{ value_json.Timer1 | tojson }}", r#"{"Timer1":{"Arm":1}}"#, r#"{"Arm":1}"#),
            ("{{ value_json[0].temp }}", r#"[{"temp":5}]"#, "5"),
            ("{{ value_json.brightness / 255 * 100 | round(0) }}", r#"{"brightness":255}"#, "100.0"),
            (
                "{% set m = { 'auto':'auto', 'cooling':'cool' } %}{{ m[value] if value in m.keys() else 'off' }}",
                "cooling",
                "cool",
            ),
            ("{% if value == 'ON' %}on{% elif value == 'OFF' %}off{% else %}None{% endif %}", "OFF", "off"),
            (
                "{{ {'installed_version': value_json.in, 'latest_version': value_json.new} | to_json }}",
                r#"{"in":"1","new":"2"}"#,
                r#"{"installed_version":"1","latest_version":"2"}"#,
            ),
            ("{{ value_json.state | default('unknown') }}", "{}", "unknown"),
            ("{{ ((value | float - 32) * 5 / 9) | round(1) }}", "68", "20.0"),
            ("{{ value.split(' ')[0] | int // 2 }}", "7 x", "3"),
            ("{{ value_json.bitfield | bitwise_and(1) == 1 }}", r#"{"bitfield":3}"#, "True"),
            ("{{ value | replace('%', '') | trim }}", " 40% ", "40"),
            ("{{ now().isoformat() }}", "", "2026-11-02T07:13:20+01:00"),
            ("{{ this.entity_id }}", "", "light.x"),
        ];
        for (source, payload, expected) in cases {
            assert_eq!(read(source, payload), Ok(Some(expected.to_owned())), "{source}");
        }
    }

    #[test]
    fn what_is_unknown_is_refused_before_a_message_comes() {
        let unknown = [
            ("{{ value | fancy }}", "the filter `fancy`"),
            ("{{ 1 if value is sunny else 0 }}", "the test `sunny`"),
            ("{{ 1 if value is not sunny else 0 }}", "the test `sunny`"),
            ("{{ states('sensor.x') }}", "the function `states`"),
            ("{{ value.encode() }}", "the method `encode`"),
            ("{% if is_state('a', 'b') %}1{% endif %}", "the function `is_state`"),
        ];
        let mut templates = Templates::new(TimeZone::UTC);
        for (source, name) in unknown {
            let refused = templates.compile(source).unwrap_err().to_string();
            assert!(refused.contains(name), "{source}: {refused}");
        }
        for known in ["{{ 'fancy | x(1)' }}", "{{ value_json.states }}", "{{ not (value == 'a') and (1 in [1]) }}"] {
            assert!(templates.compile(known).is_ok(), "{known}");
        }
    }

    #[test]
    fn what_is_missing_is_no_value() {
        assert_eq!(read("{{ value_json.x | is_defined }}", "{}"), Ok(None));
        assert_eq!(read("{{ value_json.x }}", "{}"), Ok(None));
        assert_eq!(read("{{ value_json.x.y }}", "no json"), Ok(None));
    }

    #[test]
    fn hostile_templates_end_quickly() {
        let hostile = [
            "{% for i in range(10**9) %}x{% endfor %}",
            "{% for i in range(999999) %}{% for j in range(999999) %}x{% endfor %}{% endfor %}",
            "{{ range(10**9) | list }}",
            "{{ 'x' * 10**9 }}",
            "{{ 1 in [0] * 10**9 }}",
            "{{ ([0] * 1000000000) | length }}",
            "{{ ('x' * 99999999) ~ 'a' }}",
            "{% include 'x' %}",
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "{{ states('lock.front_door') }}",
            "{% set a %}{{ value }}{{ value }}{% endset %}{{ a }}",
            "{% with a = value ~ value %}{{ a }}{% endwith %}",
            "{{ value | replace('a', value) }}",
            "{% for i in range(900) %}{% for j in range(900) %}{{ (value | length) is none }}{% endfor %}{% endfor %}",
            "{{ value | list | length }}",
            "{{ value | indent(999999999) }}",
            "{{ '%999999999d' | format(1) }}",
        ];
        let big = "a".repeat(60_000);
        for source in hostile {
            assert!(read(source, &big).is_err(), "{source}");
        }
        let doubled: String = (0..60).map(|n| format!("{{% set x{} = x{n} ~ x{n} %}}", n + 1)).collect();
        assert!(read(&format!("{{% set x0 = value %}}{doubled}{{{{ x60 | length }}}}"), &big).is_err());
        let listed: String = (0..60).map(|n| format!("{{% set x{} = [x{n},x{n}] %}}", n + 1)).collect();
        assert!(read(&format!("{{% set x0 = value %}}{listed}{{{{ x60 == x60 }}}}"), &big).is_err());
        assert!(read(&format!("{{{{ {}1{} }}}}", "(".repeat(1500), ")".repeat(1500)), "").is_err());
        assert!(read(&"x".repeat(5000), "").is_err());
    }
}
