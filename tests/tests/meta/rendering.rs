//! No reply, however odd, becomes a request that Meta refuses.

use proptest::prelude::*;
use ratiba_core::domain::message::{Choice, Link, Reply};
use ratiba_core::ports::fault::FaultKind;
use ratiba_core::sim::meta::Statuses;

use super::world::{ACCOUNT, World};

/// Words as people and machines write them, and as nobody should.
fn words(longest: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Z0-9 ,.:']{1,60}",
        2 => proptest::collection::vec(any::<char>(), 0..80).prop_map(String::from_iter),
        1 => (1..longest).prop_map(|n| "neno ".repeat(n / 5 + 1)),
        1 => (1..longest / 8).prop_map(|n| "👩‍👩‍👧‍👦é".repeat(n)),
        1 => "[ \\n\\t*_~`]{0,10}",
    ]
}

fn choice() -> impl Strategy<Value = Choice> {
    let id = prop_oneof![8 => "[a-z0-9:-]{1,30}", 1 => words(300), 1 => Just("same".to_owned())];
    (id, words(60), proptest::option::of(words(150))).prop_map(|(id, title, description)| Choice {
        id,
        title,
        description,
    })
}

fn reply() -> impl Strategy<Value = Reply> {
    let link = (words(60), "https://[a-z]{1,20}\\.example/[a-z0-9]{0,40}");
    let link = link.prop_map(|(title, url)| Link { title, url });
    (
        words(5000),
        proptest::collection::vec(choice(), 0..14),
        words(40),
        proptest::option::weighted(0.2, link),
        any::<bool>(),
    )
        .prop_map(|(text, choices, list_label, link, asks_phone)| Reply {
            text,
            choices,
            list_label,
            link,
            asks_phone,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn every_reply_is_taken_and_everything_in_it_can_be_picked(replies in proptest::collection::vec(reply(), 10), hidden in any::<bool>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::with(Statuses::None, None).await;
            let phone = if hidden { super::world::HIDDEN } else { super::world::WANJIRU };
            let chat = world.sim.chat(ACCOUNT, phone);
            chat.say("Habari");
            let peer = world.messages().await[0].address.peer.clone();
            for reply in replies {
                let before = chat.received().len();
                match world.send(&peer, reply.clone()).await {
                    Ok(_) => {
                        let received = chat.received();
                        prop_assert_eq!(received.len(), before + 1);
                        let shown = received.last().unwrap();
                        let offered = shown.buttons.len() + shown.rows.len();
                        let numbered = shown.text.lines().filter(|line| line.starts_with(char::is_numeric)).count();
                        let different: std::collections::HashSet<&str> = reply.choices.iter().map(|c| c.id.as_str()).collect();
                        let long = shown.text.chars().count() > 3000;
                        prop_assert!(long || offered == different.len() || numbered >= reply.choices.len());
                    }
                    Err(refused) => {
                        prop_assert_eq!(refused.kind, FaultKind::Rejected);
                        prop_assert_eq!(refused.code, None, "the stand-in refused it");
                        prop_assert!(reply.choices.is_empty() && reply.link.is_none());
                    }
                }
            }
            Ok(())
        })?;
    }
}
