//! Where the broker is, and who the hub is to it.

/// Where the broker is and who we are to it.
#[derive(Clone)]
pub(crate) struct MqttSettings {
    /// Host name or address.
    pub(crate) host: String,
    /// Port.
    pub(crate) port: u16,
    /// User and password, if it wants them.
    pub(crate) login: Option<(String, String)>,
    /// The PEM of the authority that signed the broker's certificate; switches TLS on.
    pub(crate) ca: Option<Vec<u8>>,
    /// The client id; two hubs on one broker need two.
    pub(crate) client_id: String,
    /// The client id on this connection, if it is another: at the embedded broker a random one for each start, so that
    /// nobody can be there under it first.
    pub(crate) session_id: Option<String>,
    /// The root of Hearth's own topics.
    pub(crate) base_topic: String,
}

impl std::fmt::Debug for MqttSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("MqttSettings").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}
