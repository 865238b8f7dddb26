//! The contrast as JSON: one object a line, strong claims first, then by probability; then the groups without one.

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::super::flow_json::Scalar;
use crate::contrast::{About, Claim, Condition, Contrast, Difference, Exceptions, Group, Line, Nothing, Op, Twins};
use crate::facts::Field;
use crate::stats::{Estimate, Rate};
use crate::vocab::{Cause, EndedBy};

/// All lines of all groups, then the groups in which nothing separates.
pub(in super::super) struct ContrastJson<'a>(pub &'a Contrast);

impl Serialize for ContrastJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let groups = &self.0.groups;
        let mut lines: Vec<(&Group, &Line)> =
            groups.iter().flat_map(|group| group.lines.iter().map(move |line| (group, line))).collect();
        lines.sort_by(|one, other| one.1.claim.cmp(&other.1.claim).then(one.1.p.total_cmp(&other.1.p)));
        let mut seq = serializer.serialize_seq(None)?;
        for (group, line) in lines {
            seq.serialize_element(&LineJson::new(group, line))?;
        }
        for (group, nothing) in groups.iter().filter_map(|group| Some((group, group.nothing.as_ref()?))) {
            seq.serialize_element(&NothingJson::new(group, nothing))?;
        }
        seq.end()
    }
}

/// What a group is about, as an object.
#[derive(Serialize)]
#[serde(untagged)]
pub(in super::super) enum GroupJson<'a> {
    Cause { cause: Cause },
    Ending { ended_by: EndedBy, ttl: u8, causes: &'a [Cause] },
}

impl<'a> GroupJson<'a> {
    /// The JSON form of what a group is about.
    pub fn new(about: &'a About) -> Self {
        match about {
            About::Cause(cause) => Self::Cause { cause: *cause },
            About::Ending { ended_by, ttl, causes } => Self::Ending { ended_by: *ended_by, ttl: *ttl, causes },
        }
    }
}

#[derive(Serialize)]
struct Units {
    failed: usize,
    ok: usize,
    unit: &'static str,
    /// The flows that these are.
    failed_flows: usize,
    ok_flows: usize,
}

impl Units {
    fn new(group: &Group) -> Self {
        let Group { units, flows, .. } = group;
        Self { failed: units.failed, ok: units.ok, unit: "attempt", failed_flows: flows.failed, ok_flows: flows.ok }
    }
}

#[derive(Serialize)]
struct LineJson<'a> {
    group: GroupJson<'a>,
    units: Units,
    claim: Name,
    conditions: Vec<ConditionJson<'a>>,
    failed: usize,
    failed_of: usize,
    ok: usize,
    ok_of: usize,
    rate: Option<Rate>,
    elsewhere: Option<Rate>,
    odds_ratio: Estimate,
    p: f64,
    stratified_p: Option<f64>,
    q: Option<f64>,
    same_as: Vec<Vec<ConditionJson<'a>>>,
    exceptions: Vec<ExceptionJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    twins: Option<TwinsJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    burst: Option<BurstJson>,
}

impl<'a> LineJson<'a> {
    fn new(group: &'a Group, line: &'a Line) -> Self {
        let split = line.split;
        Self {
            group: GroupJson::new(&group.about),
            units: Units::new(group),
            claim: Name(line.claim),
            conditions: line.conditions.iter().map(ConditionJson).collect(),
            failed: split.failed,
            failed_of: split.failed_of,
            ok: split.ok,
            ok_of: split.ok_of,
            rate: line.rate(),
            elsewhere: line.elsewhere(),
            odds_ratio: line.odds_ratio(),
            p: line.p,
            stratified_p: line.stratified_p,
            q: line.q,
            same_as: line.same_as.iter().map(|other| other.iter().map(ConditionJson).collect()).collect(),
            exceptions: exceptions(&line.exceptions),
            twins: group.twins.as_ref().map(TwinsJson::new),
            burst: BurstJson::new(group),
        }
    }
}

struct Name(Claim);

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

/// A condition as an object.
pub(in super::super) struct ConditionJson<'a>(pub &'a Condition);

impl Serialize for ConditionJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Parts<'a> {
            field: &'static str,
            op: &'static str,
            value: Scalar<'a>,
        }
        let Condition { op, value, .. } = self.0;
        Parts { field: self.0.field().name, op: op.sign(), value: Scalar(value.clone()) }.serialize(serializer)
    }
}

#[derive(Serialize)]
struct ExceptionJson {
    flow: u32,
    differs_in: Vec<&'static str>,
}

fn exceptions(exceptions: &Exceptions) -> Vec<ExceptionJson> {
    let exception =
        |flow: &crate::vocab::FlowNumber| ExceptionJson { flow: flow.0, differs_in: names(&exceptions.differ_in) };
    exceptions.flows.iter().map(exception).collect()
}

fn names(fields: &[&'static Field]) -> Vec<&'static str> {
    fields.iter().map(|field| field.name).collect()
}

#[derive(Serialize)]
struct TwinsJson<'a> {
    pairs: usize,
    differ_in: Vec<TwinJson<'a>>,
}

#[derive(Serialize)]
struct TwinJson<'a> {
    field: &'static str,
    /// How the failing one's value compares with the good one's, or with the value given.
    op: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Scalar<'a>>,
    failed: usize,
    ok: usize,
    p: f64,
}

impl<'a> TwinsJson<'a> {
    fn new(twins: &'a Twins) -> Self {
        let twin = |found: &'a Difference| TwinJson {
            field: found.factor.field().name,
            op: match found.op {
                Op::Equal => "=",
                Op::AtLeast => ">",
                Op::AtMost => "<",
            },
            value: found.value.clone().map(Scalar),
            failed: found.failed,
            ok: found.ok,
            p: found.p,
        };
        Self { pairs: twins.pairs, differ_in: twins.differences.iter().map(twin).collect() }
    }
}

/// A stretch of time in which the failing are dense.
#[derive(Serialize)]
struct BurstJson {
    first_flow: u32,
    last_flow: u32,
    failed: usize,
    of: usize,
    p: f64,
}

impl BurstJson {
    fn new(group: &Group) -> Option<Self> {
        let burst = group.burst?;
        Some(Self {
            first_flow: burst.first.0,
            last_flow: burst.last.0,
            failed: burst.failed,
            of: burst.of,
            p: burst.p,
        })
    }
}

#[derive(Serialize)]
struct NothingJson<'a> {
    group: GroupJson<'a>,
    units: Units,
    nothing: WhyJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    twins: Option<TwinsJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    burst: Option<BurstJson>,
}

#[derive(Serialize)]
struct WhyJson<'a> {
    needed: usize,
    constants: Vec<ConditionJson<'a>>,
    not_in_capture: Vec<&'static str>,
}

impl<'a> NothingJson<'a> {
    fn new(group: &'a Group, nothing: &'a Nothing) -> Self {
        Self {
            group: GroupJson::new(&group.about),
            units: Units::new(group),
            nothing: WhyJson {
                needed: nothing.needed,
                constants: nothing.constants.iter().map(ConditionJson).collect(),
                not_in_capture: names(&nothing.not_in_capture),
            },
            twins: group.twins.as_ref().map(TwinsJson::new),
            burst: BurstJson::new(group),
        }
    }
}
