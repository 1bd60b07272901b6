# Nafasi zilizo wazi, na kinachozuia.

not-free = { $why ->
    [past] Hiyo saa imeshapita.
    [too-soon] Muda umebana kidogo, tunahitaji angalau { $notice } kabla.
    [too-far] Kwa sasa tunabook hadi siku { $horizon } mbele tu.
    [closed-that-day] Samahani, { $day } hatufungui.
    [closed] Samahani, hiyo saa tumefunga: { $day } tunafungua { $hours }.
    [not-qualified] { $staff } hafanyi hiyo huduma.
    [staff-off] { $staffed ->
        [yes] Samahani, { $staff } hayuko kazini { $moment }.
       *[no] Samahani, { $moment } hakuna wa kukuhudumia.
    }
    [staff-taken] { $staffed ->
        [yes] Samahani, { $staff } ana mteja mwingine { $moment }.
       *[no] Samahani, { $moment } imeshachukuliwa.
    }
    [resource-taken] Samahani, { $moment } tumejaa.
   *[off-grid] Tunaanza kila baada ya dakika { $grid }, kwa hivyo dakika hiyo kamili haiwezekani.
}

holiday = { $day } ({ $holiday })
    .voice = { $day }, { $holiday }

offer-slots = { $count ->
    [1] Kwa { $service }, nafasi iliyo wazi ni { $times }. Itakufaa?
   *[other] Kwa { $service }, nafasi zilizo wazi ni { $times }. Ipi itakufaa?
}
    .voice = { $count ->
    [1] Kwa { $service }, nafasi iliyo wazi ni { $times }, itakufaa?
   *[other] Kwa { $service }, nafasi zilizo wazi ni { $times }, ipi itakufaa?
}
more-times = Saa zingine

nothing-free = { $part ->
    [none] Samahani, wakati huo hakuna nafasi. Tujaribu siku au saa nyingine?
   *[some] Samahani, { $part } hakuna nafasi. Tujaribu siku au saa nyingine?
}

slot-gone = { $tone ->
    [playful] Aii, kuna mtu amewahi hiyo nafasi!
   *[warm] Pole, hiyo nafasi imechukuliwa sasa hivi.
}

part-morning = asubuhi
part-midday = mchana
part-afternoon = alasiri
part-evening = jioni
part-night = usiku
