# First words, courtesies and polite bounds.

hi = { $named ->
    [yes] Hi { $name }
   *[no] Hi
}
hello = { $named ->
    [yes] Hello { $name }
   *[no] Hello
}

greeting = { $tone ->
    [professional] { hello }, karibu. Welcome to { $business }.
    [playful] Niaje{ $named ->
        [yes] {" "}{ $name }
       *[no] {""}
    }! Welcome to { $business }!{ ICON("😎") }
   *[warm] { hi }, karibu sana! Welcome to { $business }!{ ICON("😊") }
}
    .voice = { hello }, welcome to { $business }.

introduction = { $tone ->
    [professional] I am the automated assistant for bookings. To reach a person, say "human" at any time.
   *[warm] I'm the automated assistant here, so I can book you in any time. If you'd rather talk to a person, just say "human".
}
    .voice = I'm the automated assistant; say "human" for a person.

greeting-again = { $tone ->
    [professional] { hello }, welcome back.
    [playful] { hi }, you're back!{ ICON("🙌") }
   *[warm] { hi }, good to hear from you again!{ ICON("😊") }
}
    .voice = { hello }, welcome back.

how-can-i-help = { $tone ->
    [professional] How may I help you?
   *[warm] What can I do for you today?
}

menu-book = Book
menu-bookings = My bookings
menu-services = Services and prices
menu-hours = Opening hours
menu-human = Talk to a person

youre-welcome = { $tone ->
    [professional] You are welcome.
    [playful] Any time!{ ICON("🙌") }
   *[warm] Karibu, any time!{ ICON("😊") }
}

no-rush = { $tone ->
    [professional] Certainly, take your time.
    [playful] No rush, I'm right here!
   *[warm] Sure, take your time, I'm here.
}

one-at-a-time = { $tone ->
    [professional] I book one person at a time: let us complete this booking first, then write to me again for the next person.
   *[warm] I book one person at a time: let's finish this one, then just tell me again for the next person.
}

no-such-day = { $tone ->
    [professional] I cannot find { $date } in the calendar.
   *[warm] Hmm, I can't find { $date } in the calendar.
}

late-noted = { $tone ->
    [professional] Thank you for letting us know. I have told the team.
   *[warm] Thanks for letting us know, I've told the team.
}

opted-out = Done: no more reminders or offers from us. You can still write here any time to book.
    .voice = Done, no more reminders or offers from us.

started-over = { $tone ->
    [professional] Certainly, let us start again.
   *[warm] No problem, let's start afresh.
}

did-not-understand = { $times ->
    [1] Sorry, I didn't get that.
    [2] Sorry, I'm still not getting you. Try a few words, like "{ $example } tomorrow 3 pm".
   *[other] Sorry, I can't make that out. Say "human" and someone from the team will help you.
}
    .voice = { $times ->
        [1] Sorry, I didn't get that.
        [2] Sorry, I'm still not getting you, try a few words like { $example } tomorrow afternoon.
       *[other] Sorry, I can't make that out; say "human" and someone will help you.
    }

abuse-bound = Let's keep it respectful, please. I'm here to help you with your booking.

off-topic = { $tone ->
    [professional] I am not able to help with that. I can help with bookings, prices and opening hours at { $business }.
    [playful] Ha, that one is above my pay grade!{ ICON("😅") } But bookings, prices and opening hours at { $business }, I've got you.
   *[warm] I can't help with that one, sorry. Bookings, prices and opening hours at { $business }, gladly.
}
    .voice = I can't help with that, only with bookings, prices and opening hours.

please-type = Sorry, I can't open that. Kindly type it for me.
    .voice = Sorry, I didn't catch that, please say it again.

got-attachment = Thanks, got it.

sensitive-number = For your safety I've hidden that number. Please don't send ID or card numbers here.
