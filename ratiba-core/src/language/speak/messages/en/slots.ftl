# Times: what is free and what stands in the way.

not-free = { $why ->
    [past] That time has already passed.
    [too-soon] That's a bit too soon, we need at least { $notice } notice.
    [too-far] We only book up to { $horizon } days ahead for now.
    [closed-that-day] Sorry, we're closed { $day }.
    [closed] Sorry, that's outside our hours: { $day } we're open { $hours }.
    [not-qualified] { $staff } doesn't do that service.
    [staff-off] { $staffed ->
        [yes] Sorry, { $staff } isn't working { $moment }.
       *[no] Sorry, there's nobody on duty for that { $moment }.
    }
    [staff-taken] { $staffed ->
        [yes] Sorry, { $staff } is already booked { $moment }.
       *[no] Sorry, we're already booked { $moment }.
    }
    [resource-taken] Sorry, we're full { $moment }.
   *[off-grid] We start every { $grid } minutes, so I can't book that exact minute.
}

holiday = { $day } ({ $holiday })
    .voice = { $day }, { $holiday }

offer-slots = { $count ->
    [1] For { $service } I have { $times }. Does that work for you?
   *[other] For { $service } I have { $times }. Which one works for you?
}
    .voice = { $count ->
    [1] For { $service } I have { $times }, does that work for you?
   *[other] For { $service } I have { $times }, which one works for you?
}
more-times = More times

nothing-free = { $part ->
    [none] Sorry, nothing is free then. Shall we try another day or time?
   *[some] Sorry, nothing is free { $part }. Shall we try another day or time?
}

slot-gone = { $tone ->
    [playful] Ai, someone just grabbed that slot!
   *[warm] Sorry, that slot has just been taken.
}

part-morning = in the morning
part-midday = around midday
part-afternoon = in the afternoon
part-evening = in the evening
part-night = at night
