//! PagerDuty and the webhook: whether each takes what we send. Neither can be read.

use super::{Examined, Patient, fine, refused};
use crate::targets::{pagerduty::PagerDuty, webhook::Webhook};

pub(super) async fn examine(patient: &Patient<'_>, found: &mut Examined) {
    let Patient { world, settings, secrets, until, .. } = *patient;
    let pager = settings.pagerduty.as_ref();
    if let Some(settings) = pager {
        let pager = PagerDuty { world, settings, routing_key: &secrets.pagerduty_routing_key, until };
        let mend = "Put the key of an integration of the kind Events API v2 into the secret as pagerduty_routing_key; \
                    in PagerDuty's service region EU, set pagerduty.api_url to https://events.eu.pagerduty.com";
        found.add(
            "pagerduty.key",
            match pager.probe().await {
                Ok(()) => fine("PagerDuty took the end of an alert that there never was, which wakes nobody"),
                Err(failure) => refused(&failure, mend),
            },
        );
    }
    if let Some(settings) = settings.webhook.as_ref() {
        let webhook = Webhook { world, settings, secrets, until };
        let mend = "Look at webhook.url, and whether the receiver has the secret webhook_secret. One that answered 410 \
                    gets events again when the secret or the address is another";
        found.add(
            "webhook.receiver",
            match webhook.ping().await {
                Ok(()) => fine("the receiver took an event that says nothing (casebridge.ping)"),
                Err(failure) => refused(&failure, mend),
            },
        );
    }
}
