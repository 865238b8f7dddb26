//! Work on many rows at once, its results in their order.

use std::num::NonZero;
use std::ops::Range;

use crossbeam_channel::bounded;

/// Rows that one worker takes at a time.
const CHUNK: usize = 512;
/// Results of each worker that may wait for an earlier one.
const WAITING: usize = 4;

/// Gives each stretch of `0..rows` to `work` on some thread, and what it makes to `sink` in the order of the rows. Ends
/// at the first error of `sink`.
pub fn in_order<T: Send, E>(
    rows: usize,
    work: impl Fn(Range<usize>) -> T + Sync,
    mut sink: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let chunk = |number: usize| number * CHUNK..rows.min((number + 1) * CHUNK);
    let chunks = rows.div_ceil(CHUNK);
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get).min(chunks);
    if workers < 2 {
        return (0..chunks).try_for_each(|number| sink(work(chunk(number))));
    }
    std::thread::scope(|scope| {
        // Worker n makes every chunk whose number is n more than a multiple of their count.
        let results: Vec<_> = (0..workers)
            .map(|worker| {
                let (sender, receiver) = bounded(WAITING);
                let work = &work;
                scope.spawn(move || {
                    for number in (worker..chunks).step_by(workers) {
                        if sender.send(work(chunk(number))).is_err() {
                            return;
                        }
                    }
                });
                receiver
            })
            .collect();
        let mut made = (0..chunks).map_while(|number| results[number % workers].recv().ok());
        made.try_for_each(&mut sink)
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_rows() {
        for rows in [0, 1, CHUNK, 10 * CHUNK + 3] {
            let mut seen = Vec::new();
            in_order(rows, Iterator::collect::<Vec<_>>, |part| {
                seen.extend(part);
                Ok::<_, Infallible>(())
            })
            .expect("the sink takes everything");
            assert!(seen.into_iter().eq(0..rows));
        }
    }

    #[test]
    fn an_error_of_the_sink_ends_the_work() {
        let made = AtomicUsize::new(0);
        let work = |range: Range<usize>| made.fetch_add(range.len(), Ordering::Relaxed);
        let result = in_order(1000 * CHUNK, work, |_| Err("the pipe broke"));
        assert!(result.is_err());
        assert!(made.load(Ordering::Relaxed) < 1000 * CHUNK);
    }
}
