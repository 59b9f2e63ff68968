//! A certificate for servers in tests, and the authority that made it. The key is public, so they
//! protect nothing. Both are valid from 2020 to 2120.

/// The authority's certificate, in DER form: who trusts it trusts the server of [`server_pem`].
pub const AUTHORITY: &[u8] = include_bytes!("../certificates/authority.der");

/// The file with certificate and key of a server called `server.test` or `localhost`.
pub fn server_pem() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/certificates/server.pem")
}
