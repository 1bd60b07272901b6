use ratiba_core::language::eval::*;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let tenants = demo_tenants();
    if args[1] == "say" {
        let now: jiff::Timestamp = "2026-11-23T09:00:00+03:00".parse().unwrap();
        let t = &tenants[&args[2]];
        let now = now.to_zoned(t.business.tenant.zone.clone());
        for text in &args[3..] {
            let u = t.ear.hear(text, &ratiba_core::language::hear::HearContext::fresh(&now));
            println!(
                "{text}\n   {:?} {:.2} {:?} svc={:?} cand={} staff={:?} {:?} {:?} start={:?} trip={:?} corr={} more={}",
                u.intent,
                u.confidence,
                u.language,
                u.slots
                    .services
                    .iter()
                    .map(|s| t.business.catalogue.service(*s).unwrap().name.en.clone())
                    .collect::<Vec<_>>(),
                u.slots.service_candidates.len(),
                u.slots.staff,
                u.slots.date,
                u.slots.time,
                u.slots.start.map(|s| s.to_zoned(now.time_zone().clone()).to_string()),
                u.tripwires,
                u.slots.correction,
                u.slots.wants_more
            );
        }
        return;
    }
    let text = std::fs::read_to_string(&args[1]).unwrap();
    let r = evaluate(&text, |s| tenants.get(s)).unwrap();
    if args.len() > 2 {
        for e in &r.errors {
            println!("{:4} {:70} want {:28} got {}", e.line, e.text, e.expected, e.got);
        }
    }
    println!(
        "n {} intent {:.4} lang {:.4} f1 {:.4} start {:.4} service {:.4}",
        r.n,
        r.intent_accuracy,
        r.language_accuracy,
        r.slot_f1,
        r.start_accuracy,
        r.service_accuracy
    );
    let lines: Vec<Line> = text
        .lines()
        .filter(|l| !l.trim().is_empty())
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let now = lines[0].now.to_zoned(jiff::tz::TimeZone::get("Africa/Nairobi").unwrap());
    let t0 = std::time::Instant::now();
    let mut n = 0;
    for _ in 0..20 {
        for l in &lines {
            let u = tenants[&l.tenant]
                .ear
                .hear(&l.text, &ratiba_core::language::hear::HearContext::fresh(&now));
            n += 1;
            std::hint::black_box(u);
        }
    }
    println!("{:.1} us/message", t0.elapsed().as_secs_f64() * 1e6 / n as f64);
}
