"""What a shop's assistant is asked and says: facts of the sample documents, right and wrong, and inventions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """What a document says (`quote`), the claim that agrees with it, and the value in it (`right`) that goes wrong."""

    document: str
    title: str
    heading: str
    quote: str
    question: str
    claim: str
    right: str
    wrong: str

    @property
    def mistake(self) -> str:
        """The claim with the wrong value."""
        return self.claim.replace(self.right, self.wrong)


_RETURNS = ("returns-and-refunds.md", "Returns and refunds")
_BILLING = ("billing-and-cancellation.md", "Billing, pausing and cancelling")
_PLANS = ("plans-and-pricing.md", "Fernhollow plans and pricing")
_SHIPPING = ("shipping-and-delivery.md", "Shipping and delivery")
_WARRANTY = ("warranty.md", "Limited warranty")
_SUPPORT = ("support-hours-and-service-levels.md", "Support: hours, channels and service levels")
_HUBS = ("hubs-compared.md", "Hub H1 and Hub H2: specifications")

FACTS = (
    Fact(
        *_RETURNS,
        "The rule",
        "New hardware bought from Fernhollow can be returned within 30 days of delivery for a full refund",
        "How long can I return a camera?",
        "New hardware can be returned within 30 days of delivery.",
        "30 days",
        "60 days",
    ),
    Fact(
        *_RETURNS,
        "Exceptions",
        "| Refurbished devices | 15 days | full |",
        "Can I send back a refurbished sensor?",
        "Refurbished devices can be returned within 15 days.",
        "15 days",
        "30 days",
    ),
    Fact(
        *_RETURNS,
        "How to return",
        "In the United States and Canada the label costs $7.95 (C$9.95), deducted from the refund",
        "Who pays for the return label?",
        "In the United States the return label costs $7.95.",
        "costs $7.95",
        "is free",
    ),
    Fact(
        *_RETURNS,
        "Refunds",
        "The refund goes to the payment method of the purchase within 5 business days",
        "When do I get my money back?",
        "The refund arrives within 5 business days after the parcel reaches the warehouse.",
        "5 business days",
        "2 business days",
    ),
    Fact(
        *_BILLING,
        "Pausing",
        "Monthly plans can be paused once in 12 months, for 1 to 3 months.",
        "Can I pause my plan over the summer?",
        "Monthly plans can be paused for 1 to 3 months.",
        "1 to 3 months",
        "up to 6 months",
    ),
    Fact(
        *_BILLING,
        "Cancelling",
        "Monthly plans can be cancelled at any time, up to 24 hours before the next charge",
        "How do I cancel?",
        "You can cancel a monthly plan up to 24 hours before the next charge.",
        "24 hours",
        "3 days",
    ),
    Fact(
        *_BILLING,
        "When a payment fails",
        "There is no late fee for home plans.",
        "Is there a fee when a payment fails?",
        "There is no late fee for home plans.",
        "no late fee",
        "a late fee of $10",
    ),
    Fact(
        *_PLANS,
        "Plans for homes",
        "| Price per month (US) | $8.99 | $17.99 | $32.99 |",
        "How much is the Plus plan?",
        "The Plus plan costs $17.99 per month in the United States.",
        "$17.99",
        "$14.99",
    ),
    Fact(
        *_PLANS,
        "Plans for homes",
        "| Video history | 7 days | 30 days | 60 days |",
        "How long do you keep my videos?",
        "With Essential, video is kept for 7 days.",
        "7 days",
        "14 days",
    ),
    Fact(
        *_PLANS,
        "Plan for businesses",
        "Fernhollow Business costs $64 per site and month and is sold only with a 12-month contract.",
        "What does the business plan cost?",
        "Fernhollow Business costs $64 per site and month.",
        "$64",
        "$54",
    ),
    Fact(
        *_SHIPPING,
        "Costs and times",
        "| Contiguous US | Standard | 3–5 | $6.95 | $75 |",
        "From what sum is shipping free?",
        "In the contiguous United States standard shipping is free from $75.",
        "$75",
        "$50",
    ),
    Fact(
        *_SHIPPING,
        "Where we ship",
        "We do not ship to PO boxes",
        "Do you ship to PO boxes?",
        "We do not ship to PO boxes.",
        "do not ship",
        "ship",
    ),
    Fact(
        *_WARRANTY,
        "How long it lasts",
        "| Hub H2 | 2 years | 4 years |",
        "How long is the warranty on a Hub H2?",
        "The Hub H2 has a standard warranty of 2 years.",
        "2 years",
        "5 years",
    ),
    Fact(
        *_SUPPORT,
        "First answer",
        "| Plus | 8 business hours | 5 minutes | 5 minutes |",
        "How fast do you answer e-mail on Plus?",
        "On Plus, e-mail is answered within 8 business hours.",
        "8 business hours",
        "1 hour",
    ),
    Fact(
        *_HUBS,
        "Hub H1 and Hub H2: specifications",
        "| Sensors, at most | 50 | 120 |",
        "How many sensors can a Hub H2 serve?",
        "The Hub H2 serves up to 120 sensors.",
        "120",
        "200",
    ),
)

INVENTIONS = (
    "Our showroom in Portland is open every Sunday.",
    "Gold members get early access to new cameras.",
    "The app is available on smart fridges too.",
    "A technician can be at your door within two hours.",
    "Students get a discount of 15 % on every plan.",
    "The doorbell recognises up to 40 faces.",
)
"""What no document says anything about."""
