//! The pause before a request that is reset or lost, against what other pauses tell and the limits that devices are known for.

use super::case::Case;
use super::exchange::carries_news;
use super::rule::Found;
use crate::flow::TraceSegment;
use crate::vocab::Direction;

/// Seconds without a packet that are worth a word.
const PAUSE: f64 = 10.0;
/// By how much a pause exceeds the limit that it is taken for, where no other pause shows that it is that one.
const NEAR: f64 = 1.05;

/// Seconds after which devices forget an idle connection, by their makers' documents, and what does.
const LIMITS: &[(f64, &str)] = &[
    (60.0, "an AWS Application Load Balancer, or of nginx towards its upstreams"),
    (240.0, "an Azure Load Balancer or NAT gateway"),
    (300.0, "an F5 BIG-IP"),
    (350.0, "an AWS Network Load Balancer, NAT gateway or transit gateway"),
    (600.0, "Google Cloud's connection tracking"),
    (900.0, "IPVS, the load balancer of the Linux kernel"),
    (1800.0, "a Juniper SRX"),
    (3600.0, "a Cisco ASA, or a firewall of Palo Alto, Fortinet or Check Point"),
];

/// A pause right before what is reset.
struct Idle<'a> {
    /// Seconds.
    seconds: f64,
    /// The last packet before it.
    before: &'a TraceSegment,
    /// Seconds of the longest pause that a connection to this server outlived.
    outlived: Option<f64>,
}

impl<'a> Idle<'a> {
    /// The pause after which the client spoke and was not answered before `broken`.
    fn of(case: &Case<'a>, broken: &TraceSegment) -> Option<Self> {
        let segments: Vec<_> = case.trace.segments.iter().take_while(|s| s.packet <= broken.packet).collect();
        let last_answer = segments.iter().rposition(|s| s.direction == Direction::ToClient && carries_news(s))?;
        let asks = |s: &TraceSegment| s.direction == Direction::ToServer && carries_news(s);
        let pair = segments[last_answer..]
            .windows(2)
            .find(|pair| asks(pair[1]) && pair[1].time.since(pair[0].time) >= PAUSE)?;
        let outlived = case.context.outlived_pauses.get(&case.trace.row.server).copied();
        Some(Self { seconds: pair[1].time.since(pair[0].time), before: pair[0], outlived })
    }

    /// The limit that this pause exceeds and those that were outlived do not.
    fn limit(&self) -> Option<(f64, &'static str)> {
        let outlived = self.outlived.unwrap_or(0.0);
        let fits = |limit: f64| {
            outlived < limit && limit <= self.seconds && (self.seconds <= limit * NEAR || limit <= outlived * NEAR)
        };
        LIMITS.iter().copied().find(|(limit, _)| fits(*limit))
    }
}

/// The finding of a RST in mid-stream, or of a request that nobody acknowledges, with the pause before it, where there is
/// one.
pub(super) fn told(case: &Case<'_>, broken: &TraceSegment, mut found: Found) -> Found {
    let Some(idle) = Idle::of(case, broken) else { return found };
    let Idle { seconds, before, outlived } = idle;
    let limit = idle.limit();
    let others = match outlived {
        Some(outlived) if outlived < seconds => format!("; pauses up to {outlived:.1} s were survived"),
        Some(outlived) => format!("; but a pause of {outlived:.1} s was survived"),
        None => String::new(),
    };
    let known =
        limit.map_or_else(String::new, |(limit, device)| format!(" {limit:.0} s is the usual idle limit of {device}."));
    let what = if broken.flags.rst() { "reset" } else { "never acknowledged" };
    found.detail =
        format!("No packet for {seconds:.1} s before the request that is {what}{others}.{known} {}", found.detail);
    found = found.supported(Some(before.packet), format!("the last packet before {seconds:.1} s without any"));
    if outlived.is_some_and(|outlived| outlived >= seconds) {
        return found;
    }
    let most = limit.map_or(seconds, |(limit, _)| limit);
    found.advice([
        &format!("Let the ends send TCP keep-alives, or close pooled connections, before {most:.0} s without traffic")
            [..],
        "Look up the idle timeouts of load balancers, NAT gateways and firewalls on the path",
    ])
}
