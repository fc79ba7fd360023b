//! The secret of the stack, as whoever sets it up may read and write it.

use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use casebridge::config::secrets::SecretsError;
use serde_json::{Map, Value};

use crate::account::Account;

/// What the secret holds, by name.
pub type Document = Map<String, Value>;

#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error(
        "the secret {id} could not be {what}: {code}. It is the output SecretArn of the stack, and you need \
         secretsmanager:GetSecretValue and PutSecretValue on it, and its key's kms:Decrypt and GenerateDataKey"
    )]
    Refused { what: &'static str, id: String, code: String },
    #[error("{0}. Put {{}} there to begin anew")]
    Unreadable(SecretsError),
}

/// The secret in Secrets Manager.
pub struct Vault {
    client: aws_sdk_secretsmanager::Client,
    id: String,
}

impl Vault {
    pub async fn open(account: &Account, id: &str) -> Self {
        Self { client: account.secrets().await, id: id.to_owned() }
    }

    fn refused(&self, what: &'static str, code: Option<&str>) -> VaultError {
        let code = code.unwrap_or("no answer").to_owned();
        VaultError::Refused { what, id: self.id.clone(), code }
    }

    /// Empty where it has no value yet.
    pub async fn read(&self) -> Result<Document, VaultError> {
        let value = match self.client.get_secret_value().secret_id(&self.id).send().await {
            Ok(value) => value,
            // Of a secret that is not there the service says the same, without the label.
            Err(error) if error.message().is_some_and(|message| message.contains("AWSCURRENT")) => {
                return Ok(Document::new());
            }
            Err(error) => return Err(self.refused("read", error.code())),
        };
        let text = value.secret_string().unwrap_or_default().trim();
        if text.is_empty() {
            return Ok(Document::new());
        }
        serde_json::from_str(text).map_err(|_| VaultError::Unreadable(SecretsError::NotAnObject))
    }

    pub async fn write(&self, document: &Document) -> Result<(), VaultError> {
        let text = Value::Object(document.clone()).to_string();
        let put = self.client.put_secret_value().secret_id(&self.id).secret_string(text).send().await;
        put.map(drop).map_err(|error| self.refused("written", error.code()))
    }
}
