//! When a provider is left alone for a while: a circuit breaker as a value, with the clock passed in.

use jiff::{SignedDuration, Timestamp};

/// Failures running before a provider is left alone.
const PATIENCE: u32 = 5;
/// The first pause; each further one is twice as long.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(15);
/// The longest pause.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(10);
/// The pause after a refusal that only a person can mend: a revoked key, a spend limit, a model that is gone.
const STOPPED_PAUSE: SignedDuration = SignedDuration::from_mins(15);

/// How a call went, as far as its provider is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Went {
    /// It answered; also when the answer was of no use to us, or the request was at fault.
    Well,
    /// It failed: overloaded, unreachable, too slow.
    Badly,
    /// It will fail until a person has acted.
    Stopped,
}

/// A circuit breaker.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
    pauses: u32,
    open_until: Option<Timestamp>,
    /// One call is on its way to find out whether the provider is back.
    probing: bool,
}

impl Breaker {
    /// Whether a call may be made now. Once a pause is over, one call may, and the others wait for how it goes; a probe that nobody reports on
    /// counts as failed after another pause.
    pub fn admit(&mut self, now: Timestamp) -> bool {
        match self.open_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                self.probing = true;
                self.open_until = Some(later(now, self.pause()));
                true
            }
        }
    }

    /// Whether calls are refused now.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.open_until.is_some_and(|until| now < until)
    }

    /// How a call went.
    pub fn record(&mut self, went: Went, now: Timestamp) {
        match went {
            Went::Well => *self = Self::default(),
            Went::Stopped => {
                self.open_until = Some(later(now, STOPPED_PAUSE));
                self.probing = false;
            }
            Went::Badly => {
                self.failures = self.failures.saturating_add(1);
                if self.probing || self.failures >= PATIENCE {
                    self.open_until = Some(later(now, self.pause()));
                    self.pauses = self.pauses.saturating_add(1);
                    self.probing = false;
                }
            }
        }
    }

    /// A call that was admitted was not made: whoever comes next may make it.
    pub fn withdraw(&mut self, now: Timestamp) {
        if std::mem::take(&mut self.probing) {
            self.open_until = Some(now);
        }
    }

    fn pause(&self) -> SignedDuration {
        let times = 2_i32.saturating_pow(self.pauses.min(10));
        FIRST_PAUSE.saturating_mul(times).min(LONGEST_PAUSE)
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    fn broken() -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..PATIENCE {
            assert!(breaker.admit(at(0)));
            breaker.record(Went::Badly, at(0));
        }
        breaker
    }

    #[test]
    fn failures_running_open_it_and_a_success_between_starts_the_count_anew() {
        let mut breaker = Breaker::default();
        for _ in 0..20 {
            for _ in 1..PATIENCE {
                breaker.record(Went::Badly, at(0));
            }
            breaker.record(Went::Well, at(0));
        }
        assert!(breaker.admit(at(0)));
        assert!(!broken().admit(at(1)) && broken().is_open(at(1)));
    }

    #[test]
    fn after_the_pause_one_call_finds_out() {
        let mut breaker = broken();
        assert!(breaker.admit(at(15)), "the probe");
        assert!(!breaker.admit(at(15)), "the others wait");
        let mut back = breaker;
        back.record(Went::Well, at(16));
        assert!(back.admit(at(16)));
        breaker.record(Went::Badly, at(16));
        assert!(!breaker.admit(at(16 + 29)) && breaker.admit(at(16 + 30)), "twice as long");
    }

    #[test]
    fn a_probe_that_never_reports_does_not_close_the_door_for_ever() {
        let mut breaker = broken();
        assert!(breaker.admit(at(15)));
        assert!(breaker.admit(at(15 + 600)));
    }

    #[test]
    fn a_probe_that_is_withdrawn_is_left_to_the_next() {
        let mut breaker = broken();
        assert!(breaker.admit(at(15)));
        breaker.withdraw(at(15));
        assert!(breaker.admit(at(15)));
    }

    #[test]
    fn what_only_a_person_can_mend_opens_it_at_once_and_for_long() {
        let mut breaker = Breaker::default();
        breaker.record(Went::Stopped, at(0));
        assert!(!breaker.admit(at(14 * 60)) && breaker.admit(at(15 * 60)));
    }

    #[test]
    fn pauses_have_an_end() {
        let mut breaker = broken();
        let mut now = 0;
        for _ in 0..40 {
            now += 601;
            assert!(breaker.admit(at(now)), "{now}");
            breaker.record(Went::Badly, at(now));
        }
    }
}
