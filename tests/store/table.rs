//! Where does a test get a table of its own?

use std::time::Duration;

use aws_config::{Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::{
    Client,
    client::Waiters,
    error::SdkError,
    operation::create_table::CreateTableError,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
        ProjectionType, ScalarAttributeType,
    },
};
use casebridge::{
    config::sdk::{self, Aws, Timeouts},
    state::dynamodb::Dynamo,
};

/// What is tried is what the table answers, not how soon on a busy machine.
const PATIENCE: Timeouts =
    Timeouts { attempt: Duration::from_secs(10), operation: Duration::from_secs(30), attempts: 3 };

/// An endpoint at which tables can be made.
pub struct Account {
    config: SdkConfig,
    client: Client,
}

/// A table, until it is deleted.
pub struct Table {
    pub store: Dynamo,
    pub name: String,
    pub client: Client,
}

/// What a client of a local endpoint needs to know.
pub async fn config(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("AKIDEXAMPLE", "local", None, None, "tests");
    let config = sdk::defaults().credentials_provider(credentials);
    config.region(Region::new("eu-west-1")).endpoint_url(endpoint).load().await
}

/// Names the endpoint.
const ASKS: &str = "CASEBRIDGE_TEST_DYNAMODB";

/// The endpoint that the environment names. A test that needs it is ignored where it names none.
pub fn endpoint() -> String {
    std::env::var(ASKS).unwrap()
}

/// Which tests are ignored is fixed when they are built, and whether there is a DynamoDB only now: so this one runs them.
#[test]
fn what_needs_dynamodb_runs_where_the_environment_names_one() {
    let is_run_already =
        std::env::args().any(|one| ["--ignored", "--include-ignored"].contains(&one.as_str()));
    if std::env::var_os(ASKS).is_some() && !is_run_already {
        let all = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--quiet"])
            .status();
        assert!(all.unwrap().success(), "see above");
    }
}

pub async fn account() -> Account {
    let config = config(&endpoint()).await;
    Account { client: Client::new(&config), config }
}

impl Account {
    /// Makes a table with the keys, the index and the expiry of the template.
    pub async fn make(&self, test: &str) -> Table {
        let name = format!("{test}-{}", std::process::id());
        let text = ScalarAttributeType::S;
        let definitions =
            [("pk", &text), ("sk", &text), ("due", &text), ("next_at", &ScalarAttributeType::N)].map(
                |(name, kind)| {
                    let definition = AttributeDefinition::builder().attribute_name(name);
                    definition.attribute_type(kind.clone()).build().unwrap()
                },
            );
        let keys = |names: [&str; 2]| {
            let kinds = [KeyType::Hash, KeyType::Range];
            let keys = names.into_iter().zip(kinds).map(|(name, kind)| {
                KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
            });
            Some(keys.collect::<Vec<_>>())
        };
        let index = GlobalSecondaryIndex::builder()
            .index_name("due")
            .set_key_schema(keys(["due", "next_at"]))
            .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build());
        let request = self.client.create_table().table_name(&name).billing_mode(BillingMode::PayPerRequest);
        let request = request
            .set_attribute_definitions(Some(definitions.into()))
            .set_key_schema(keys(["pk", "sk"]))
            .global_secondary_indexes(index.build().unwrap());
        // On a busy machine an attempt's answer is late, and the next finds its table made: the name is this process's own.
        let made = request.send().await.map_err(SdkError::into_service_error);
        assert!(matches!(made, Ok(_) | Err(CreateTableError::ResourceInUseException(_))), "{made:?}");
        let active = self.client.wait_until_table_exists().table_name(&name);
        active.wait(Duration::from_secs(10)).await.unwrap();
        let store = Dynamo::new(Aws::from(self.config.clone()), &name).with_patience(PATIENCE);
        Table { store, name, client: self.client.clone() }
    }
}

impl Table {
    pub async fn delete(self) {
        self.client.delete_table().table_name(&self.name).send().await.unwrap();
    }
}
