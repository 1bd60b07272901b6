// What to try: suggestions for the customer in two languages, and for the owner.

const CUSTOMER = {
  "demo-barbershop": {
    sw: ["Nataka kunyoa kesho saa tisa", "Niaje, naeza pata kinyozi leo jioni?", "Kunyoa mtoto ni pesa ngapi?", "Mko wapi?", "Nataka kubadilisha booking yangu", "Nataka ku-cancel", "Naomba kuongea na mtu"],
    en: ["Hi, I want to book a haircut tomorrow at 3pm", "Beard trim this evening?", "How much is a kids haircut?", "Is there parking?", "Move my booking to Thursday", "Cancel my appointment", "Can I talk to a person?"],
  },
  "demo-salon": {
    sw: ["Nataka kusuka kesho saa nne asubuhi", "Mna nafasi ya manicure Ijumaa mchana?", "Bei ya kusuka ni ngapi?", "Naweza kuja na mtoto?", "Nisogezee hadi wiki ijayo", "Nataka ku-cancel", "Naomba kuongea na mtu"],
    en: ["Hi, can I get braids tomorrow at 10am?", "A manicure on Friday afternoon, please", "What do you charge for a weave?", "Do I bring my own braids?", "Move my booking to Saturday", "Cancel my appointment", "Can I talk to a person?"],
  },
  "demo-dental": {
    sw: ["Nataka kusafisha meno kesho saa tatu asubuhi", "Jino linauma, naweza kuona daktari leo?", "Kung'oa jino ni pesa ngapi?", "Mko wapi?", "Nataka kubadilisha miadi yangu", "Nataka ku-cancel", "Naomba kuongea na mtu"],
    en: ["I'd like a cleaning tomorrow at 9am", "My tooth hurts, can I see the doctor today?", "How much is a filling?", "Do you see children?", "Move my appointment to Friday", "Cancel my appointment", "Can I talk to a person?"],
  },
};

const OWNER = ["/today", "/engage", "/handback"];

export const customerWords = (slug, language) => (CUSTOMER[slug] ?? CUSTOMER["demo-barbershop"])[language];
export const ownerWords = () => OWNER;
