# Maswali ya kujaza kilichobaki.

ask-service = { $tone ->
    [professional] Ungependa huduma gani?
    [playful] Leo tunakufanyia nini?
   *[warm] Ungependa tukufanyie nini?
}
    .voice = Ungependa huduma gani?
ask-service-long = { ask-service } Pia tunafanya { $others }, andika tu jina lake.
    .voice = Ungependa huduma gani?

ask-which-service = Unamaanisha ipi: { $options }?
    .voice = Unamaanisha ipi?
no-such-service = Samahani, hiyo huduma hatuna.

ask-staff = Ungependa nani akuhudumie kwa { $service }: { $options }, au yeyote aliye na nafasi?
    .voice = Ungependa nani akuhudumie kwa { $service }?
anyone = Yeyote
staff-not-qualified = { $others ->
    [none] { $staff } hafanyi { $service }.
   *[some] { $staff } hafanyi { $service }, lakini { $others } anaweza kukuhudumia.
}

ask-when = { $tone ->
    [professional] Ungependa miadi ya { $service } iwe siku gani na saa ngapi?
   *[warm] Ungependa kuja siku gani na saa ngapi kwa { $service }?
}
    .voice = Ungependa kuja siku gani na saa ngapi kwa { $service }?
ask-time = Sawa, { $day } ungependa saa ngapi?
ask-day = Sawa, { $time } siku gani?
ask-which-time = Unamaanisha { $options }?
ask-which-time-on = { $day } unamaanisha { $options }?
    .voice = Unamaanisha { $options } { $day }?

ask-phone = { $pays ->
    [yes] Nisaidie na namba yako ya M-Pesa, ndio nitume ombi la malipo na nikukumbushe.
   *[no] Nisaidie na namba yako ya simu ili tukukumbushe.
}
    .voice = Nisaidie na namba yako ya simu.
bad-phone = Hiyo namba haiko sawa. Iandike hivi: { $example }.
    .voice = Hiyo namba haiko sawa, tafadhali irudie yote.
phone-taken = Namba inayoishia { $phone } tayari tunaijua. Ili booking zake zibaki siri, sitazionyesha hapa hadi tuthibitishe ni yako.
    .voice = Hiyo namba tayari tunaijua, kwa hivyo booking zake zinabaki siri hadi tuthibitishe ni yako.

list-services = Huduma
list-staff = Chagua mtu
list-slots = Nafasi
list-bookings = Booking
list-menu = Menu
list-options = Chagua
yes = Ndio
no = Hapana
