//! The day's money in a message that an owner can check against the drawer.

use super::Words;
use crate::admin::day::DayMoney;
use crate::domain::money::Money;
use crate::domain::tenant::Rail;

impl Words<'_> {
    pub(super) fn cash_up(self, money: &DayMoney, counted: Option<Money>) -> String {
        let currency = self.business.tenant.currency;
        let sum = |minor| self.money(Money::new(minor, currency));
        let day = money.day.strftime("%-d/%-m/%Y");
        let mut lines = vec![self.say(&format!("Money of {day}:"), &format!("Hesabu ya {day}:"))];
        for way in &money.ways {
            let name = match way.rail {
                Rail::Mpesa => "M-Pesa".to_owned(),
                Rail::Card => self.say("Card", "Kadi"),
                Rail::Cash => self.say("Cash", "Taslimu"),
            };
            let mut line = format!("{name}: {}", sum(way.came_minor));
            if way.back_minor > 0 {
                let back = sum(way.back_minor);
                line.push_str(
                    &self.say(&format!(", given back {back}"), &format!(", zilizorudishwa {back}")),
                );
            }
            lines.push(line);
        }
        if lines.len() == 1 {
            lines.push(self.say("No money came in.", "Hakuna pesa iliyoingia."));
        }
        lines.push(self.say(
            &format!("Altogether: {}", sum(money.net_minor)),
            &format!("Jumla: {}", sum(money.net_minor)),
        ));
        for share in &money.shares {
            lines.push(self.say(
                &format!(
                    "{}: {} visits, {}, commission {} ({} %)",
                    share.name,
                    share.visits,
                    sum(share.sales_minor),
                    sum(share.commission_minor),
                    share.percent
                ),
                &format!(
                    "{}: wateja {}, {}, kamisheni {} ({} %)",
                    share.name,
                    share.visits,
                    sum(share.sales_minor),
                    sum(share.commission_minor),
                    share.percent
                ),
            ));
        }
        if let Some(counted) = counted {
            let over = counted.minor - money.cash_minor();
            let line = match over {
                0 => self.say("The cash agrees with the books.", "Taslimu inalingana na hesabu."),
                1.. => self.say(
                    &format!(
                        "{} more in the drawer than in the books: is a walk-in missing?",
                        sum(over)
                    ),
                    &format!("Kuna {} zaidi ya hesabu: kuna mteja ambaye hajaandikwa?", sum(over)),
                ),
                _ => self.say(
                    &format!("{} less in the drawer than in the books.", sum(-over)),
                    &format!("Imepungua {} kuliko hesabu.", sum(-over)),
                ),
            };
            lines.push(line);
        }
        let (tasks, odd) = (money.tasks, money.unexplained);
        if tasks > 0 {
            lines.push(self.say(
                &format!("{tasks} payments need you to look at them."),
                &format!("Malipo {tasks} yanahitaji uangalie."),
            ));
        }
        lines.push(match odd {
            0 => self.say("Every payment is explained.", "Kila malipo yana maelezo."),
            odd => self.say(
                &format!("{odd} payments are not explained: ask your operator."),
                &format!("Malipo {odd} hayana maelezo: uliza msimamizi wa mfumo."),
            ),
        });
        lines.join("\n")
    }
}
