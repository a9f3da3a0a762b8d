//! A small Home Assistant.

use super::*;

/// A small Home Assistant.
#[derive(Clone)]
pub(super) struct Fake {
    pub(super) address: SocketAddr,
    pub(super) inner: Arc<Mutex<Inner>>,
    pub(super) connections: Arc<AtomicUsize>,
    pub(super) orders: broadcast::Sender<Order>,
}

#[derive(Clone)]
pub(super) struct Inner {
    pub(super) token: String,
    pub(super) floors: Value,
    pub(super) areas: Value,
    pub(super) entities: BTreeMap<String, Value>,
    pub(super) states: BTreeMap<String, Value>,
}

/// What a test wants of every connection that is up.
#[derive(Clone, Debug)]
pub(super) enum Order {
    /// Say this.
    Say(Message),
    /// Say this as an event of the subscription to states.
    Report(Value),
    /// Say that a registry changed.
    Changed,
    /// Hang up.
    Drop,
}

pub(super) fn entry(name: &str) -> Value {
    json!({
        "platform": "hue", "unique_id": name, "original_name": name, "options": {},
        "hidden_by": null, "disabled_by": null, "entity_category": null, "device_id": null,
        "area_id": "den", "aliases": [format!("old {name}")],
    })
}

impl Fake {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let names =
            [("light.hue_lamp", "Hue lamp"), ("light.jammed_lamp", "Jammed lamp"), ("switch.attic", "Attic fan")];
        let inner = Inner {
            token: "good".to_owned(),
            floors: json!([{ "floor_id": "up", "name": "Upstairs", "aliases": [] }]),
            areas: json!([{ "area_id": "den", "name": "Den", "floor_id": "up", "aliases": ["snug"] }]),
            entities: names.iter().map(|(id, name)| ((*id).to_owned(), entry(name))).collect(),
            states: names
                .iter()
                .map(|(id, name)| ((*id).to_owned(), json!({ "s": "off", "a": { "friendly_name": name } })))
                .collect(),
        };
        let it = Self {
            address: listener.local_addr().unwrap(),
            inner: Arc::new(Mutex::new(inner)),
            connections: Arc::default(),
            orders: broadcast::channel(64).0,
        };
        let own = it.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(own.clone().talk(stream));
            }
        });
        it
    }

    pub(super) fn change(&self, how: impl FnOnce(&mut Inner)) {
        how(&mut self.inner.lock().unwrap());
    }

    pub(super) fn order(&self, order: Order) {
        self.orders.send(order).unwrap();
    }

    pub(super) async fn talk<S: AsyncRead + AsyncWrite + Unpin>(self, stream: S) {
        let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { return };
        say(&mut socket, json!({ "type": "auth_required" })).await;
        let token = received(&mut socket).await["access_token"].clone();
        if token != self.inner.lock().unwrap().token {
            say(&mut socket, json!({ "type": "auth_invalid", "message": "Invalid access token or password" })).await;
            return;
        }
        let mut orders = self.orders.subscribe();
        self.connections.fetch_add(1, Ordering::SeqCst);
        say(&mut socket, json!({ "type": "auth_ok" })).await;
        let (mut states, mut registries) = (Value::Null, Value::Null);
        loop {
            let asked = tokio::select! {
                asked = received(&mut socket) => asked,
                order = orders.recv() => {
                    match order.unwrap() {
                        Order::Say(message) => { let _ = socket.send(message).await; }
                        Order::Report(event) => say(&mut socket, json!({
                            "id": states, "type": "event", "event": event,
                        })).await,
                        Order::Changed => say(&mut socket, json!({
                            "id": registries, "type": "event",
                            "event": { "event_type": "area_registry_updated" },
                        })).await,
                        Order::Drop => return,
                    }
                    continue;
                }
            };
            let id = asked["id"].clone();
            match asked["type"].as_str() {
                Some("subscribe_entities") => states = id.clone(),
                Some("subscribe_events") => registries = id.clone(),
                Some(_) => {}
                None => return,
            }
            for mut answer in self.answers(&asked) {
                answer["id"] = if answer["type"] == "event" { states.clone() } else { id.clone() };
                say(&mut socket, answer).await;
            }
        }
    }

    fn answers(&self, asked: &Value) -> Vec<Value> {
        let inner = self.inner.lock().unwrap().clone();
        let result = |value: Value| vec![json!({ "type": "result", "success": true, "result": value })];
        let with_id = |(id, entry): (&String, &Value)| {
            let mut entry = entry.clone();
            entry["entity_id"] = id.as_str().into();
            entry
        };
        match asked["type"].as_str().unwrap() {
            "config/floor_registry/list" => result(inner.floors),
            "config/area_registry/list" => result(inner.areas),
            "config/device_registry/list" => result(json!([])),
            "config/entity_registry/list" => result(inner.entities.iter().map(with_id).collect()),
            "config/entity_registry/get_entries" => result(json!(inner.entities)),
            "subscribe_entities" => {
                let wanted = asked["entity_ids"].as_array().unwrap();
                let states: BTreeMap<String, Value> =
                    inner.states.into_iter().filter(|(id, _)| wanted.contains(&json!(id))).collect();
                let mut answers = result(Value::Null);
                answers.push(json!({ "type": "event", "event": { "a": states } }));
                answers
            }
            "homeassistant/expose_entity/list" => vec![json!({
                "type": "result", "success": false,
                "error": { "code": "unauthorized", "message": "Unauthorized" },
            })],
            "call_service" => self.serve(asked),
            "subscribe_events" | "unsubscribe_events" | "todo/item/subscribe" => result(Value::Null),
            "ping" => vec![json!({ "type": "pong" })],
            other => panic!("it is asked for `{other}`"),
        }
    }

    fn serve(&self, asked: &Value) -> Vec<Value> {
        let entity = asked["target"]["entity_id"].as_str().unwrap();
        if entity == "light.jammed_lamp" {
            return vec![json!({
                "type": "result", "success": false,
                "error": { "code": "home_assistant_error", "message": "The bridge does not answer" },
            })];
        }
        let state = if asked["service"] == "turn_on" { "on" } else { "off" };
        self.change(|inner| inner.states.get_mut(entity).unwrap()["s"] = state.into());
        vec![
            json!({ "type": "event", "event": { "c": { entity: { "+": { "s": state } } } } }),
            json!({ "type": "result", "success": true, "result": null }),
        ]
    }
}
