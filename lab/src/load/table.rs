//! The table in memory, as far away as DynamoDB.

use std::rc::Rc;

use casebridge::{
    case::{CaseId, Millis},
    state::{
        Asked, Command, DueList, Leaving, Meta, Note, Reserved, Result as Stored, Saying, Store, TargetKind,
        Told, Wanted, key::Key, memory::Memory,
    },
};

use super::ServiceCalls;
use crate::stage::watched;

pub(super) struct SlowTable {
    pub(super) memory: Memory,
    pub(super) calls: Rc<ServiceCalls>,
    pub(super) takes: u64,
}

impl SlowTable {
    async fn watch<T>(
        &self,
        name: &'static str,
        asked: String,
        operation: impl Future<Output = Stored<T>>,
    ) -> Stored<T> {
        self.calls.take((format!("table {name}"), &asked), self.takes, || ((), false)).await;
        operation.await
    }
}

watched!(SlowTable);
