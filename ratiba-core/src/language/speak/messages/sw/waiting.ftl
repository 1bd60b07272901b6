# Kungoja nafasi, kuthibitisha namba, baada ya huduma, na siku ya mwenye biashara.

on-waitlist = { $dated ->
    [yes] Sawa{ called }, nimekuandika. Nafasi ya { $service } ikipatikana { $day } nitakuambia hapa hapa. Wa kwanza kusema ndio ndiye anaipata.
   *[no] Sawa{ called }, nimekuandika. Nafasi ya { $service } ikipatikana nitakuambia hapa hapa. Wa kwanza kusema ndio ndiye anaipata.
}
    .voice = { $dated ->
    [yes] Sawa, nafasi ya { $service } ikipatikana { $day } nitakuambia.
   *[no] Sawa, nafasi ya { $service } ikipatikana nitakuambia.
}
leave-waitlist = Niondoe
off-waitlist = Sawa, nimekuondoa kwenye orodha ya wanaongoja.
offer-freed = Habari njema{ called }: nafasi ya { $what } imepatikana { $when }! { price-and-due } Unaitaka? Wa kwanza kusema ndio ndiye anaipata, mwisho { $until }.
    .voice = Nafasi ya { $what } imepatikana { $when }, unaitaka?
yes-take = Ndio, naitaka
still-on-waitlist = Bado uko kwenye orodha ya wanaongoja.
no-show-deposit = Kwa sababu kuna miadi ulikosa kuja, safari hii tunahitaji deposit ili tukushikie nafasi.
tell-me = Niambie ikipatikana

code-sent = Namba inayoishia { $phone } tayari tunaijua. Nimeitumia kodi ya tarakimu sita: iandike hapa wakati wowote, ndio booking zako zote ziwe pamoja.
    .voice = Hiyo namba tayari tunaijua. Nimeitumia kodi ya tarakimu sita, nitajie ndio booking zako zote ziwe pamoja.
code-wrong = { $left ->
    [1] Hiyo sio kodi sahihi. Umebaki na nafasi moja ya kujaribu.
   *[other] Hiyo sio kodi sahihi. Umebaki na nafasi { $left } za kujaribu.
}
    .voice = Hiyo sio kodi sahihi, tafadhali jaribu tena.
code-expired = Hiyo kodi haifanyi kazi tena. Nitumie namba yako tena nikutumie nyingine.
phone-joined = Asante{ called }, namba ni yako. Booking zako zote nasi sasa ziko hapa.
ask-phone-to-see = Kama uliwahi kubook kwa namba yako ya simu, nitumie hiyo namba. Nitaitumia kodi, ili uzione wewe peke yako.
    .voice = Kama uliwahi kubook kwa namba yako ya simu, nitajie namba nami nitaitumia kodi.
code-message = { $business }: kodi yako ni { $code }. Inafanya kazi kwa dakika { $minutes }. Usimpe mtu yeyote, hatuiulizi kamwe kwa simu.

follow-up = { $business }: asante kwa kuja{ called }! { $what } ilikuwaje? Jibu hapa, tunasoma kila neno. Kubook tena jibu BOOK.
    .voice = Hii ni { $business }, asante kwa kuja. Ilikuwaje?

# --- siku ya mwenye biashara

digest = Habari ya asubuhi! { $business }, { $day }: { $count ->
    [0] bado hakuna booking.
    [1] booking moja.
   *[other] booking { $count }.
}
digest-staff = { $staff }: { $rows }
digest-yesterday = Jana: { $came } walikuja, { $missed } hawakuja, { $cancelled } walighairi.
digest-waiting = { $count ->
    [1] Mteja mmoja anangoja mtu.
   *[other] Wateja { $count } wanangoja mtu.
}
digest-list = { $count ->
    [1] Mteja mmoja yuko kwenye orodha ya wanaongoja nafasi.
   *[other] Wateja { $count } wako kwenye orodha ya wanaongoja nafasi.
}
digest-questions = { $count ->
    [1] Swali moja halijajibiwa bado.
   *[other] Maswali { $count } hayajajibiwa bado.
}
digest-undelivered = { $count ->
    [1] Jana ujumbe mmoja haukumfikia mteja. Tumeuhifadhi.
   *[other] Jana ujumbe { $count } hazikuwafikia wateja. Tumezihifadhi.
}
digest-costs = Gharama za chat za jana: { $count ->
    [0] hakuna ujumbe wa kulipia, modeli { $models }.
    [1] ujumbe mmoja wa kulipia, modeli { $models }.
   *[other] ujumbe { $count } za kulipia, modeli { $models }.
}
digest-overflow = Maelezo yako ni marefu kuliko yanayoweza kusomwa kwa swali moja. Fupisha baadhi au ondoa ya zamani, ili lisikosekane lolote.
