#[test]
fn tmp() {
    for f in ["gate","technical_error","unauthorized_charge","failure_to_deliver","poor_outcome","other"] {
        let p = format!("{}/../../rules/claims/{f}.toml", env!("CARGO_MANIFEST_DIR"));
        if let Err(e) = claims::Table::load(&p, &std::fs::read_to_string(&p).unwrap()) { for e in e { println!("{e}"); } }
    }
}
