//! The border to tls-parser: messages that are whole are read by it.
//!
//! The files of the messages have functions called `whole`, which answer only where the crate read a body to its last
//! byte and took it for the shape it has. What is cut, has a wrong length, or is of a shape the crate does not know or
//! takes for another (it reads a Certificate of TLS 1.3 as one of TLS 1.2 with no certificate, and drops an extension
//! block that is cut) is left to the decoders of these files, which go as far as the bytes do and say what is missing.
//!
//! The crate copies lists of numbers; here they stay where they are in the message, and the copies only tell how long
//! they are.

use tls_parser::nom;

/// What the crate read, if nothing is left behind it.
pub(super) fn to_the_end<T>(read: nom::IResult<&[u8], T>) -> Option<T> {
    read.ok().filter(|(rest, _)| rest.is_empty()).map(|(_, message)| message)
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use crate::proto::tls::message::certificate::{self, request_has_schemes};
    use crate::proto::tls::message::{
        Certificate, CertificateRequest, ClientHello, NewSessionTicket, ServerHello, Signature, client_hello,
        key_exchange, server_hello, trailing,
    };
    use crate::proto::tls::reader::Reader;
    use crate::proto::tls::samples::{self, bytes};

    /// Whether tls-parser read it; then our own decoder must read the same.
    fn agree<T: Debug>(name: &str, theirs: Option<T>, ours: impl FnOnce() -> T) -> bool {
        let Some(theirs) = theirs else { return false };
        assert_eq!(format!("{theirs:?}"), format!("{:?}", ours()), "{name}");
        true
    }

    /// Whether tls-parser reads the body of a message of this type.
    fn check(name: &str, kind: u8, body: &[u8]) -> bool {
        match kind {
            1 => agree(name, client_hello::whole(body), || ClientHello::field_by_field(body)),
            2 => agree(name, server_hello::whole(body), || ServerHello::field_by_field(body)),
            4 => agree(name, trailing::whole(body), || NewSessionTicket::field_by_field(body, false)),
            11 => agree(name, certificate::whole(body), || Certificate::field_by_field(body, false)),
            13 => {
                let has_schemes = |rest: &[u8]| request_has_schemes(rest, None);
                let theirs = certificate::whole_request(body, has_schemes);
                agree(name, theirs, || CertificateRequest::field_by_field(body, false, has_schemes))
            }
            15 => [true, false].iter().all(|has_scheme| {
                let theirs =
                    key_exchange::whole_signature(body, *has_scheme).map(|(signature, rest)| (signature, rest.len()));
                agree(name, theirs, || {
                    let mut reader = Reader::new(body);
                    let ours = Signature::field_by_field(&mut reader, "algorithm", *has_scheme, &mut Vec::new());
                    (ours, reader.left())
                })
            }),
            _ => false,
        }
    }

    #[test]
    fn whole_messages_are_read_by_tls_parser() {
        for (name, sample) in samples::ALL {
            let message = bytes(sample);
            let is_its = match message[0] {
                1 | 2 => true,
                4 | 11 | 13 => name.ends_with("_12"),
                _ => continue,
            };
            assert_eq!(check(name, message[0], &message[4..]), is_its, "{name}");
        }
    }

    /// Which of the two reads a message cannot be told from what is read.
    #[test]
    fn both_readings_agree_on_altered_and_cut_messages() {
        let mut read = 0;
        for (name, sample) in samples::ALL {
            let message = bytes(sample);
            for at in 4..message.len() {
                read += usize::from(check(name, message[0], &message[4..at]));
                for value in [0, 1, message[at].wrapping_add(1), message[at].wrapping_sub(1), 0xff] {
                    let mut altered = message.clone();
                    altered[at] = value;
                    read += usize::from(check(name, altered[0], &altered[4..]));
                }
            }
        }
        assert!(read > 1000, "tls-parser read only {read} of the altered messages");
    }

    #[test]
    fn what_tls_parser_gets_wrong_is_not_taken_from_it() {
        let no_list = [&[3, 3][..], &[7; 32], &[0, 0, 0, 1, 0]].concat();
        assert!(client_hello::whole(&no_list).is_none(), "no cipher suite");
        let message = bytes(samples::CLIENT_HELLO);
        assert!(client_hello::whole(&message[4..message.len() - 3]).is_none(), "an extension block that is cut");
        assert!(certificate::whole(&[0, 0, 5, 0, 0, 1, 9, 9]).is_none(), "a byte too many in the list");
        assert!(certificate::whole(&bytes(samples::CERTIFICATE)[4..]).is_none(), "the shape of TLS 1.3");
        assert!(trailing::whole(&[0, 0, 0, 1, 0, 3, 9]).is_none(), "a ticket that is cut");
        let odd = [1, 1, 0, 3, 4, 1, 9, 0, 0];
        assert!(certificate::whole_request(&odd, |_| true).is_none(), "half a signature scheme");
    }
}
