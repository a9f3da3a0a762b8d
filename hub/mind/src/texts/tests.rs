//! Every language says everything, and nothing that nobody asks for.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;
use house::Lang;

use super::message::ALL;
use super::{Message, of};

/// The messages of a language's file with the variables each uses.
fn messages(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let file = of(lang).file;
    if let Err((_, errors)) = FluentResource::try_new(file.to_owned()) {
        panic!("{lang:?}: {errors:?}");
    }
    let lines = file.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (id, text) = line.split_once(" = ").unwrap();
            let variables = text.split("{ $").skip(1).map(|rest| rest.split(' ').next().unwrap().to_owned());
            (id.to_owned(), variables.collect())
        })
        .collect()
}

#[test]
fn every_language_has_every_message_and_no_other() {
    let ids: BTreeSet<String> = ALL.iter().map(|message| message.id().to_owned()).collect();
    assert_eq!(ids.len(), ALL.len(), "an id stands for two messages");
    for lang in Lang::ALL {
        let own: BTreeSet<String> = messages(*lang).into_keys().collect();
        assert_eq!(own, ids, "{lang:?}");
    }
}

#[test]
fn a_text_uses_only_what_it_is_given() {
    for lang in Lang::ALL {
        let messages = messages(*lang);
        for message in ALL {
            let (id, given) = (message.id(), message.variables());
            let unknown: Vec<&String> =
                messages.get(id).into_iter().flatten().filter(|name| !given.contains(&name.as_str())).collect();
            assert!(unknown.is_empty(), "{lang:?} {id} uses {unknown:?}");
        }
    }
}

#[test]
fn every_variable_is_used_by_some_language() {
    let files: Vec<_> = Lang::ALL.iter().map(|lang| messages(*lang)).collect();
    for message in ALL {
        let (id, given) = (message.id(), message.variables());
        for name in given {
            assert!(files.iter().any(|file| file[id].contains(*name)), "{id} is given `{name}` for nothing");
        }
    }
}

#[test]
fn every_message_says_something_and_is_whole() {
    for lang in Lang::ALL {
        for message in ALL {
            let (id, given) = (message.id(), message.variables());
            let variables: Vec<(&str, &str)> = given.iter().map(|name| (*name, "x")).collect();
            let said = of(*lang).say(*message, &variables);
            assert!(!said.is_empty() && said != id && !said.contains(['{', '}', '\u{2068}']), "{lang:?} {id}: {said}");
        }
    }
}

#[test]
fn what_is_put_in_is_said_as_it_is() {
    let said = of(Lang::En).say(Message::NoSuchName, &[("name", "{ $name } “x”\n\u{202e}")]);
    assert_eq!(said, "I know no “{ $name } “x”\n\u{202e}” here, so I did nothing. What is it called?");
}
