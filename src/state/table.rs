//! How is a request sent to the table, and what does DynamoDB's answer mean?

use std::{sync::Arc, time::Duration};

use aws_sdk_dynamodb::{
    Client,
    config::{Builder, timeout::TimeoutConfig},
    error::{ProvideErrorMetadata, SdkError},
    operation::{
        delete_item::DeleteItemError,
        update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    },
    types::{AttributeValue, KeysAndAttributes, ReturnValuesOnConditionCheckFailure as OnRefusal},
};
use tokio::sync::OnceCell;

use super::{Error, Result, item::*};
use crate::{
    case::{CaseId, Millis},
    config::sdk::{Aws, Timeouts},
};

const INDEX: &str = "due";
pub(crate) const MAX_KEYS: usize = 100;
/// How often keys that DynamoDB left unprocessed are asked for again.
const MAX_ASKS: u32 = 6;

/// A table. Clones share its client, which is made when it is first needed.
#[derive(Clone)]
pub(crate) struct Table {
    aws: Aws,
    name: String,
    patience: Timeouts,
    client: Arc<OnceCell<Client>>,
}

pub(crate) enum Written {
    Done(Item),
    /// The condition did not hold: the item as it stands, empty where there is none.
    Refused(Item),
}

/// Whether a write may be sent again although the attempt before may still be on its way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Late {
    /// Its condition, or what it adds, makes a late arrival harmless.
    Harmless,
    /// A late arrival would overwrite what was written since: an attempt that timed out is the last one.
    Overwrites,
}

impl Table {
    pub(crate) fn new(aws: Aws, name: String, patience: Timeouts) -> Self {
        Self { aws, name, patience, client: Arc::default() }
    }

    pub(crate) fn with_patience(self, patience: Timeouts) -> Self {
        Self::new(self.aws, self.name, patience)
    }

    async fn client(&self) -> &Client {
        let make = || async {
            let config = Builder::from(self.aws.config().await)
                .timeout_config(self.patience.timeouts())
                .retry_config(self.patience.retries());
            Client::from_conf(config.build())
        };
        self.client.get_or_init(make).await
    }

    pub(crate) async fn change<const N: usize>(
        &self,
        key: Item,
        expression: &str,
        values: [(&str, AttributeValue); N],
    ) -> UpdateItemFluentBuilder {
        let values = values.map(|(name, value)| (name.to_owned(), value)).into();
        let update = self.client().await.update_item().table_name(&self.name).set_key(Some(key));
        update
            .update_expression(expression)
            .set_expression_attribute_values(Some(values))
            .return_values_on_condition_check_failure(OnRefusal::AllOld)
    }

    pub(crate) async fn write(&self, change: UpdateItemFluentBuilder, late: Late) -> Result<Written> {
        let config = if late == Late::Overwrites { self.unrepeated() } else { Builder::new() };
        match change.customize().config_override(config).send().await {
            Ok(output) => Ok(Written::Done(output.attributes.unwrap_or_default())),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => {
                    Ok(Written::Refused(refusal.item().cloned().unwrap_or_default()))
                }
                _ => Err(trouble(&error)),
            },
        }
    }

    /// For a write that must not be sent again after a timeout: its one attempt may use all the time.
    fn unrepeated(&self) -> Builder {
        let timeouts = TimeoutConfig::builder().disable_operation_attempt_timeout();
        Builder::new().timeout_config(timeouts.operation_timeout(self.patience.operation).build())
    }

    pub(crate) async fn get(&self, key: Item) -> Result<Option<Item>> {
        let get = self.client().await.get_item().table_name(&self.name).set_key(Some(key));
        let item = get.consistent_read(true).send().await.map_err(|error| trouble(&error))?.item;
        item.iter().try_for_each(of_this_release)?;
        Ok(item)
    }

    /// Reads an item of this key, and says why that cannot be done.
    pub(crate) async fn probe(&self, key: Item) -> std::result::Result<(), Unusable> {
        let get = self.client().await.get_item().table_name(&self.name).set_key(Some(key));
        get.send().await.map(drop).map_err(|error| unusable(&error))
    }

    pub(crate) async fn delete<const N: usize>(
        &self,
        key: Item,
        condition: &str,
        values: [(&str, AttributeValue); N],
    ) -> Result<Written> {
        let values = values.map(|(name, value)| (name.to_owned(), value)).into();
        let delete = self.client().await.delete_item().table_name(&self.name).set_key(Some(key));
        let delete = delete.condition_expression(condition).set_expression_attribute_values(Some(values));
        match delete.customize().config_override(self.unrepeated()).send().await {
            Ok(_) => Ok(Written::Done(Item::new())),
            Err(error) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => {
                    Ok(Written::Refused(Item::new()))
                }
                _ => Err(trouble(&error)),
            },
        }
    }

    pub(crate) async fn query(&self, case: &CaseId, prefix: &str) -> Result<Vec<Item>> {
        let query = self
            .client()
            .await
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", text(case_partition(case)))
            .expression_attribute_values(":prefix", text(prefix));
        let items: std::result::Result<Vec<_>, _> = query.into_paginator().items().send().collect().await;
        let items = items.map_err(|error| trouble(&error))?;
        items.iter().try_for_each(of_this_release)?;
        Ok(items)
    }

    /// At most `limit` items of the index that are due, oldest first. An index is eventually consistent.
    pub(crate) async fn due(&self, now: Millis, limit: usize) -> Result<Vec<Item>> {
        let query = self
            .client()
            .await
            .query()
            .table_name(&self.name)
            .index_name(INDEX)
            .key_condition_expression("due = :due AND next_at <= :now")
            .expression_attribute_values(":due", text(DUE))
            .expression_attribute_values(":now", number(now));
        let page = i32::try_from(limit).unwrap_or(i32::MAX);
        let mut pages = query.into_paginator().page_size(page).items().send();
        let mut items = Vec::new();
        while items.len() < limit {
            let Some(item) = pages.next().await else { break };
            items.push(item.map_err(|error| trouble(&error))?);
        }
        Ok(items)
    }

    /// At most [`MAX_KEYS`] different keys, asked for again as long as DynamoDB leaves some out.
    pub(crate) async fn batch(&self, keys: &[Item]) -> Result<Vec<Item>> {
        let mut left = keys.to_vec();
        let mut items = Vec::new();
        for ask in 0..MAX_ASKS {
            if ask > 0 {
                tokio::time::sleep(Duration::from_millis(10 << ask)).await;
            }
            let wanted = KeysAndAttributes::builder().set_keys(Some(left)).consistent_read(true).build();
            let wanted = wanted.map_err(|_| Error::Trouble("not sent: no keys".to_owned()))?;
            let request = self.client().await.batch_get_item().request_items(&self.name, wanted);
            let output = request.send().await.map_err(|error| trouble(&error))?;
            items.extend(output.responses.unwrap_or_default().remove(&self.name).unwrap_or_default());
            left = output.unprocessed_keys.unwrap_or_default().remove(&self.name).map_or(vec![], |l| l.keys);
            if left.is_empty() {
                items.iter().try_for_each(of_this_release)?;
                return Ok(items);
            }
        }
        Err(Error::Trouble("throttled: keys were left unprocessed".to_owned()))
    }
}

/// Why a table cannot be used, for whoever set it up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// There is no table of this name in this Region and account.
    Absent,
    /// Its keys are others.
    NotOurs,
    /// Who asks is not known, or not any more: the code.
    Unknown(String),
    /// Who asks may not: the code.
    Denied(String),
    /// Nobody answers.
    Silent,
    Other(String),
}

/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CommonErrors.html>
fn unusable<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Unusable {
    let SdkError::ServiceError(context) = error else {
        return match error {
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => Unusable::Silent,
            _ => Unusable::Other("it gives no readable answer".to_owned()),
        };
    };
    let code = context.err().code().unwrap_or_default().to_owned();
    match code.as_str() {
        "ResourceNotFoundException" => Unusable::Absent,
        "ValidationException" => Unusable::NotOurs,
        DENIED => Unusable::Denied(code),
        _ if is_of_credentials(&code) => Unusable::Unknown(code),
        _ => Unusable::Other(trouble(error).to_string()),
    }
}

/// What a service answers whoever it knows and does not let do that.
const DENIED: &str = "AccessDeniedException";

/// Whether a service says with this code that it does not know who asks, or not any more.
pub fn is_of_credentials(code: &str) -> bool {
    let codes = [
        "UnrecognizedClientException",
        "ExpiredTokenException",
        "InvalidSignatureException",
        "IncompleteSignatureException",
        "MissingAuthenticationTokenException",
    ];
    codes.contains(&code)
}

/// What an error of DynamoDB's means, in words that name neither keys nor values.
fn trouble<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Error {
    if let Some(code) = error.code().filter(|code| *code == DENIED) {
        return Error::Denied(code.to_owned());
    }
    Error::Trouble(match error {
        SdkError::ConstructionFailure(_) => "not sent: the request cannot be built".to_owned(),
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::DispatchFailure(failure) if failure.is_user() => "not sent".to_owned(),
        SdkError::DispatchFailure(_) => "not sent, or no answer".to_owned(),
        SdkError::ServiceError(context) => {
            let too_large = context.err().message().is_some_and(|message| message.contains("Item size"));
            match context.err().code() {
                _ if too_large => "refused: the item is over 400 KB".to_owned(),
                Some(code) if THROTTLED.contains(&code) => format!("throttled: {code}"),
                Some(code) if context.raw().status().is_client_error() => format!("refused: {code}"),
                Some(code) => format!("perhaps done: {code}"),
                None => "no readable answer".to_owned(),
            }
        }
        _ => "no readable answer".to_owned(),
    })
}

/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
const THROTTLED: [&str; 4] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "LimitExceededException",
];
