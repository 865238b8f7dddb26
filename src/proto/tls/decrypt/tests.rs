//! The handshake of RFC 8448 §3, record by record, and what the ciphers without public vectors seal.

use aes_gcm::aead::{AeadInOut, KeyInit};
use ccm::Ccm;
use ccm::consts::{U8, U12};

use super::*;
use crate::proto::tls::message::RecordHeader;
use crate::proto::tls::secrets::Secret;
use crate::vocab::Direction;
use crate::vocab::iana::{CipherSuite, ContentType};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: String = hex.split_whitespace().collect();
    (0..digits.len() / 2).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).expect("digits")).collect()
}

/// Opens a record, header included, of RFC 8448 §3.
fn open(secret: &str, sequence: u64, record: &str) -> Option<(ContentType, Vec<u8>)> {
    let key = RecordKey::tls13(CipherSuite(0x1301), &Secret::from_hex(secret), 0).expect("a known suite");
    let record = bytes(record);
    let header = RecordHeader::decode(&record).expect("a header");
    let mut plain = Vec::new();
    key.open(header, &record[5..], sequence, &mut plain).map(|content| (content, plain))
}

const CLIENT_HANDSHAKE: &str = "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21";
const CLIENT_APPLICATION: &str = "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5";
const CLIENT_FINISHED: &str = "17 03 03 00 35 75 ec 4d c2 38 cc e6 0b 29 80 44 a7 1e 21 9c 56 cc 77 b0 51 7f e9 b9
    3c 7a 4b fc 44 d8 7f 38 f8 03 38 ac 98 fc 46 de b3 84 bd 1c ae ac ab 68 67 d7 26 c4 05 46";
const CLIENT_DATA: &str = "17 03 03 00 43 a2 3f 70 54 b6 2c 94 d0 af fa fe 82 28 ba 55 cb ef ac ea 42 f9 14 aa 66 bc
    ab 3f 2b 98 19 a8 a5 b4 6b 39 5b d5 4a 9a 20 44 1e 2b 62 97 4e 1f 5a 62 92 a2 97 70 14 bd 1e 3d ea e6 3a ee bb 21
    69 49 15 e4";
const CLIENT_ALERT: &str = "17 03 03 00 13 c9 87 27 60 65 56 66 b7 4d 7f f1 15 3e fd 6d b6 d0 b0 e3";

#[test]
fn the_records_of_rfc_8448_open() {
    let (content, plain) = open(CLIENT_HANDSHAKE, 0, CLIENT_FINISHED).expect("the client's Finished");
    assert_eq!((content, plain.len(), plain[0]), (ContentType::HANDSHAKE, 36, 20));
    let (content, plain) = open(CLIENT_APPLICATION, 0, CLIENT_DATA).expect("the client's data");
    assert_eq!((content, plain), (ContentType::APPLICATION_DATA, (0..50).collect::<Vec<u8>>()));
    let (content, plain) = open(CLIENT_APPLICATION, 1, CLIENT_ALERT).expect("the client's alert");
    assert_eq!((content, &plain[..]), (ContentType::ALERT, &[1, 0][..]));
}

#[test]
fn another_number_key_or_byte_opens_nothing() {
    assert_eq!(open(CLIENT_APPLICATION, 0, CLIENT_ALERT), None);
    assert_eq!(open(CLIENT_HANDSHAKE, 1, CLIENT_ALERT), None);
    assert_eq!(open(CLIENT_APPLICATION, 1, &CLIENT_ALERT.replace("c9", "c8")), None);
    assert_eq!(open(CLIENT_APPLICATION, 1, "17 03 03 00 02 c9 87"), None, "shorter than a tag");
}

#[test]
fn suites_without_an_open_cipher_have_no_key() {
    for (suite, known) in [(0x1301, true), (0xc02f, true), (0xcca8, true), (0xc0a0, true), (0x002f, false), (0, false)]
    {
        assert_eq!(RecordKey::is_known(CipherSuite(suite)), known, "{suite:04x}");
    }
    let master = Secret::from_hex(&"01".repeat(48));
    for (suite, _) in CipherSuite::TABLE {
        let (client_random, server_random) = (&[1; 32], &[2; 32]);
        let keying = Keying { master: &master, client_random, server_random, from: Direction::ToServer };
        assert_eq!(RecordKey::tls12(*suite, keying).is_some(), RecordKey::is_known(*suite), "{suite}");
    }
}

/// A record of TLS 1.2 sealed by hand: nonce and associated data as RFC 6655 §3 and RFC 5246 §6.2.3.3 say.
#[test]
fn records_of_tls_12_carry_a_part_of_the_nonce() {
    let suite = CipherSuite::from_name("TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8").expect("a registered suite");
    let master = Secret::from_hex(&"07".repeat(48));
    let (client_random, server_random) = (&[1; 32], &[2; 32]);
    let keying = Keying { master: &master, client_random, server_random, from: Direction::ToClient };
    let mut block = [0; 40];
    let seed: [&[u8]; 2] = [server_random, client_random];
    super::schedule::prf(crate::vocab::iana::PrfHash::Sha256, &[7; 48], "key expansion", seed, &mut block)
        .expect("a known hash");
    let sealer = Ccm::<aes::Aes128, U8, U12>::new_from_slice(&block[16..32]).expect("sixteen bytes");
    let nonce = [&block[36..40], &[9, 8, 7, 6, 5, 4, 3, 2]].concat();
    let mut text = *b"\x02\x28";
    let associated = [0, 0, 0, 0, 0, 0, 0, 5, 21, 3, 3, 0, 2];
    let nonce = ccm::Nonce::<U12>::try_from(&nonce[..]).expect("twelve bytes");
    let tag = sealer.encrypt_inout_detached(&nonce, &associated, (&mut text[..]).into()).expect("short enough");
    let body = [&[9, 8, 7, 6, 5, 4, 3, 2][..], &text, &tag].concat();
    let header = RecordHeader::decode(&[21, 3, 3, 0, 18]).expect("a header");
    let key = RecordKey::tls12(suite, keying).expect("a known suite");
    let mut plain = Vec::new();
    assert_eq!(key.open(header, &body, 5, &mut plain), Some(ContentType::ALERT));
    assert_eq!(plain, [2, 40]);
    assert_eq!(key.open(header, &body, 6, &mut plain), None);
}
