//! Half characters in an answer are replaced before the SDK reads it: it would take the whole page for unreadable.

use aws_sdk_securityir::{
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeDeserializationInterceptorContextMut,
    },
    error::BoxError,
};
use aws_smithy_types::body::SdkBody;

use crate::http::json;

#[derive(Debug)]
pub(super) struct Characters;

impl Intercept for Characters {
    fn name(&self) -> &'static str {
        "Characters"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        let whole = body.bytes().map(|sent| json::whole(&String::from_utf8_lossy(sent)));
        if let Some(whole) = whole {
            *body = SdkBody::from(whole);
        }
        Ok(())
    }
}
