//! Which few of many free starts to offer, and which next when the customer asks for more.
//!
//! Both ways list every start that they will ever offer in one fixed order, so that `skip` continues where the last
//! answer ended and nothing is offered twice.

use super::board::Start;

/// Minutes between starts that are offered for "as soon as possible": the quarter hours after the first are no choice.
const SOONEST_STEP_SECONDS: i64 = 3600;

/// Spread over all: one of the early third, one of the middle, one of the late; then others far from those.
/// Returns the chosen ones in order of time, and whether more are left.
pub(super) fn wide(starts: &[Start], skip: usize, take: usize) -> (Vec<Start>, bool) {
    let mut chosen: Vec<Start> =
        wide_order(starts.len(), skip + take).skip(skip).map(|i| starts[i]).collect();
    chosen.sort_unstable();
    (chosen, starts.len() > skip + take)
}

/// The first ones, an hour apart at least.
pub(super) fn soonest(starts: &[Start], skip: usize, take: usize) -> (Vec<Start>, bool) {
    let mut last = None;
    let mut apart = starts.iter().copied().filter(|start| {
        let far = last.is_none_or(|last| start.at >= last + SOONEST_STEP_SECONDS);
        if far {
            last = Some(start.at);
        }
        far
    });
    let chosen = apart.by_ref().skip(skip).take(take).collect();
    (chosen, apart.next().is_some())
}

/// The first `count` of an order of `0..len` in which each three are early, middle and late.
fn wide_order(len: usize, count: usize) -> impl Iterator<Item = usize> {
    // Thirds whose lengths differ by one at most, the longer ones first, so that rounds stay complete.
    let length = |third: usize| (len + 2 - third) / 3;
    let rounds = count.div_ceil(3);
    let early = apart_order(length(0), 0, rounds);
    let middle = apart_order(length(1), length(1) / 2, rounds);
    let late = apart_order(length(2), length(2).saturating_sub(1), rounds);
    let thirds = [(0, early), (length(0), middle), (length(0) + length(1), late)];
    (0..rounds)
        .flat_map(move |round| {
            let at = |(base, order): &(usize, Vec<usize>)| order.get(round).map(|i| base + i);
            thirds.iter().filter_map(at).collect::<Vec<_>>()
        })
        .take(count)
}

/// The first `count` of an order of `0..len` that begins with `first` and goes on with what is farthest from all before.
fn apart_order(len: usize, first: usize, count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    while order.len() < len.min(count) {
        let distance = |i: usize| order.iter().map(|j| i.abs_diff(*j)).min();
        // On a tie the earlier one: `max_by_key` keeps the last, so the search runs backwards.
        let next = if order.is_empty() {
            Some(first.min(len - 1))
        } else {
            (0..len).rev().max_by_key(|i| distance(*i))
        };
        order.extend(next);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(count: usize) -> Vec<Start> {
        (0..count).map(|n| Start { day: 0, nth: n, at: i64::try_from(n).unwrap() * 900 }).collect()
    }

    fn nths(starts: &[Start]) -> Vec<usize> {
        starts.iter().map(|s| s.nth).collect()
    }

    #[test]
    fn three_of_an_afternoon_are_early_middle_and_late() {
        let (chosen, more) = wide(&starts(20), 0, 3);
        assert_eq!(nths(&chosen), [0, 10, 19]);
        assert!(more);
    }

    #[test]
    fn asking_for_more_comes_by_every_start_once() {
        for count in 0..=40 {
            let all = starts(count);
            let mut seen = Vec::new();
            for skip in (0..).step_by(3) {
                let (chosen, more) = wide(&all, skip, 3);
                seen.extend(nths(&chosen));
                if !more {
                    break;
                }
            }
            seen.sort_unstable();
            assert_eq!(seen, (0..count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_soonest_is_the_first_and_the_next_an_hour_later() {
        let (chosen, more) = soonest(&starts(20), 0, 3);
        assert_eq!((nths(&chosen), more), (vec![0, 4, 8], true));
        let (chosen, more) = soonest(&starts(20), 3, 3);
        assert_eq!((nths(&chosen), more), (vec![12, 16], false));
        assert_eq!(soonest(&[], 0, 3), (vec![], false));
    }
}
