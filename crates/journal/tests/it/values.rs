use journal::{EncodedSink, EncodedSource, ReadError, Value, ValueKind, ValueSource, ValuesReader};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::plain::{any_value, put_all};

#[test]
fn each_value_has_its_documented_bytes() {
    check(Value::Null, &[0]);
    check(Value::Int(0), &[1, 0]);
    check(Value::Int(-1), &[1, 1]);
    check(Value::Int(63), &[1, 126]);
    check(Value::Int(64), &[1, 0x80, 1]);
    check(Value::Int(2500), &[1, 0x88, 0x27]);
    check(Value::Int(i64::MAX), &[1, 254, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
    check(Value::Int(i64::MIN), &[1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
    check(Value::Text("é".into()), &[2, 2, 0xc3, 0xa9]);
    check(Value::Bytes(vec![]), &[3, 0]);
    check(Value::Bytes(vec![7; 2]), &[3, 2, 7, 7]);

    fn check(value: Value, bytes: &[u8]) {
        assert_eq!(encode(std::slice::from_ref(&value)), bytes, "{value:?}");
        assert_eq!(EncodedSource::new(bytes).into_values().unwrap(), [value]);
    }
}

#[test]
fn malformed_values_are_refused() {
    check(&[4], ReadError::UnknownTag(4));
    check(&[1], ReadError::Truncated);
    check(&[1, 0x80], ReadError::Truncated);
    check(&[1, 0x80, 0], ReadError::MalformedVarint);
    check(&[1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2], ReadError::MalformedVarint);
    check(&[1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0x80], ReadError::MalformedVarint);
    check(&[2, 1, 0xff], ReadError::NotUtf8);
    check(&[2, 2, b'a'], ReadError::Truncated);
    check(&[3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1], ReadError::Truncated);

    fn check(bytes: &[u8], error: ReadError) {
        assert_eq!(EncodedSource::new(bytes).into_values(), Err(error), "{bytes:?}");
    }
}

#[test]
fn both_sources_judge_alike() {
    let values = [Value::Int(1), Value::Null, Value::Text("a".into()), Value::Bytes(vec![1; 16])];
    let bytes = encode(&values);
    judge(|| ValuesReader::new(&values));
    judge(|| EncodedSource::new(&bytes));

    fn judge<S: ValueSource>(start: impl Fn() -> S) {
        let wrong = |expected, found| ReadError::WrongKind { expected, found };
        let mut source = start();
        assert_eq!(source.int(), Ok(1));
        assert_eq!(source.opt_text(), Ok(None));
        assert_eq!(source.text().as_deref(), Ok("a"));
        assert_eq!(source.finish(), Err(ReadError::Trailing));
        assert_eq!(source.fixed16(), Ok([1; 16]));
        assert_eq!(source.finish(), Ok(()));
        assert_eq!(source.int(), Err(ReadError::Truncated));

        assert_eq!(start().text(), Err(wrong(ValueKind::Text, ValueKind::Int)));
        let mut source = start();
        source.int().unwrap();
        assert_eq!(source.fixed16(), Err(wrong(ValueKind::Bytes, ValueKind::Null)));
        assert_eq!(source.int(), Err(wrong(ValueKind::Int, ValueKind::Text)));
    }
}

#[test]
fn an_id_of_another_length_is_refused() {
    let values = [Value::Bytes(vec![1; 15])];
    let error = Err(ReadError::WrongLength { expected: 16, found: 15 });
    assert_eq!(ValuesReader::new(&values).fixed16(), error);
    assert_eq!(EncodedSource::new(&encode(&values)).fixed16(), error);
}

proptest! {
    #[test]
    fn values_survive_every_sink(values in vec(any_value(), 0..10)) {
        let bytes = encode(&values);
        prop_assert_eq!(&EncodedSource::new(&bytes).into_values().unwrap(), &values);
        let mut copied: Vec<Value> = Vec::new();
        put_all(&mut copied, &values);
        prop_assert_eq!(copied, values);
    }

    #[test]
    fn bytes_that_decode_are_the_only_encoding(bytes in vec(0_u8..6, 0..20)) {
        if let Ok(values) = EncodedSource::new(&bytes).into_values() {
            prop_assert_eq!(encode(&values), bytes);
        }
    }
}

fn encode(values: &[Value]) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_all(&mut EncodedSink(&mut bytes), values);
    bytes
}
