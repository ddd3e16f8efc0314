"""The obvious words for each kind of interaction, as they are once all but letters and digits is an underscore."""

from __future__ import annotations

from cxunify.schema import KINDS

_SYNONYMS = {
    "purchase": "order orders transaction sale sales payment order_completed order_placed completed_order purchased",
    "return": "refund refunded returned order_refunded credit credit_note chargeback",
    "cart": "add_to_cart addtocart added_to_cart product_added cart_viewed view_cart remove_from_cart product_removed cart_add",
    "checkout": "checkout_started begin_checkout initiate_checkout started_checkout checkout_begin",
    "search": "products_searched view_search_results site_search searched",
    "product_view": "product_viewed view_item viewed_product view_product item_view product_page",
    "page_view": "page pageview page_viewed page_views pageviews viewed_page screen screen_view",
    "visit": "session session_start store_visit footfall",
    "login": "signed_in sign_in logged_in log_in signin",
    "signup": "sign_up signed_up register registered registration account_created identify user_registered",
    "quote": "quotation estimate offer",
    "contact_in": "inbound inbound_call call_in ticket case inquiry enquiry question request chat email_in incident problem",
    "contact_out": "outbound outbound_call email_sent sent sms_sent mailing",
    "held_out": "holdout hold_out held_back control_group kontrollgruppe",
    "response": "open click opened clicked email_opened email_clicked email_open email_click",
    "complaint": "complaint_filed grievance",
    "resolution": "resolved solved case_closed ticket_solved closed",
    "survey": "survey_response survey_answered nps csat feedback",
    "optin": "opt_in subscribe subscribed",
    "optout": "opt_out unsubscribe unsubscribed",
    "redemption": "redeem redeemed coupon_redeemed points_redeemed",
    "other": "page_ping heartbeat ping keep_alive keepalive",  # a page that is still open is no page view
}
KNOWN = {word: kind for kind, words in _SYNONYMS.items() for word in words.split()} | {kind: kind for kind in KINDS}
"""Word -> kind."""
