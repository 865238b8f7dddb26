//! The `shakedown` binary: a thin door into the library.

use std::io::Write;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args[0].as_str() {
        "flows" => {
            let options =
                shakedown::engine::Options { captures: vec![args.last().unwrap().clone()], ..Default::default() };
            let session = match shakedown::engine::Session::open(&options) {
                Ok(session) => session,
                Err(error) => {
                    eprintln!("{error}");
                    std::process::exit(1)
                }
            };
            session.wait();
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            for facts in session.index().iter() {
                shakedown::export::json::line(&mut out, &shakedown::export::flows::FlowJson::new(&facts)).unwrap();
            }
            out.flush().unwrap();
            for trouble in session.progress().troubles {
                eprintln!("{trouble}");
            }
        }
        _ => {
            // follow CAP FLOW --as raw --direction d
            let options = shakedown::engine::Options { captures: vec![args[1].clone()], ..Default::default() };
            let session = shakedown::engine::Session::open(&options).unwrap();
            session.wait();
            let flow = shakedown::vocab::FlowNumber(args[2].parse().unwrap());
            let view = session.view(shakedown::engine::FlowRef::main(flow)).unwrap();
            let d = if args[6] == "to-server" {
                shakedown::vocab::Direction::ToServer
            } else {
                shakedown::vocab::Direction::ToClient
            };
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            for piece in &view.streams.pieces[d] {
                out.write_all(view.streams.bytes(&view.trace, piece)).unwrap();
            }
        }
    }
}
