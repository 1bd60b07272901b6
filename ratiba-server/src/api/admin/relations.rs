//! `/api/v1/admin/{slug}/relations`: which services go well together, by the owner's word. A model may suggest; what it suggests counts once the
//! owner has put it.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use ratiba_core::domain::catalogue::{Catalogue, Complement};
use ratiba_core::tenancy::edit as edits;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::tenants::{business, edit};
use crate::api::view::Stored;
use crate::app::App;
use crate::http::{ApiError, Code};

/// Two services: after the first the second may be offered.
#[derive(Object)]
struct Relation {
    /// English name of what is booked.
    first: String,
    /// English name of what may be offered with it.
    then: String,
    /// How sure, in thousandths.
    confidence_permille: u16,
}

/// The operations.
pub(crate) struct Relations;

#[OpenApi]
impl Relations {
    /// The relations in force.
    #[oai(path = "/admin/:slug/relations", method = "get", tag = "Tag::Business")]
    async fn list_relations(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
    ) -> Result<Json<Vec<Relation>>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let (business, _) = business(app, &tenant).await?;
        let catalogue = &business.catalogue;
        Ok(Json(named(&catalogue.complements, catalogue)))
    }

    /// Relations that a model suggests; none is in force.
    #[oai(path = "/admin/:slug/relations/suggestions", method = "post", tag = "Tag::Business")]
    async fn suggest_relations(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
    ) -> Result<Json<Vec<Relation>>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let (business, _) = business(app, &tenant).await?;
        let suggested = app.ratiba.suggest_relations(tenant.id).await;
        let suggested = suggested.map_err(|_| ApiError::new(Code::StoreUnavailable))?;
        Ok(Json(named(&suggested, &business.catalogue)))
    }

    /// Put a relation in force, or change its confidence.
    #[oai(path = "/admin/:slug/relations", method = "put", tag = "Tag::Business")]
    async fn put_relation(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        relation: Json<Relation>,
    ) -> Result<Json<Stored>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let Relation { first, then, confidence_permille } = relation.0;
        let ((), version) = edit(app, &tenant, |business| {
            Ok(edits::relate(business, &first, &then, confidence_permille)?)
        })
        .await?;
        Ok(Json(Stored::at(version)))
    }

    /// Take a relation away.
    #[oai(path = "/admin/:slug/relations/:first/:then", method = "delete", tag = "Tag::Business")]
    async fn delete_relation(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// English name of what is booked.
        first: Path<String>,
        /// English name of what may be offered with it.
        then: Path<String>,
    ) -> Result<Json<Stored>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let ((), version) =
            edit(app, &tenant, |business| Ok(edits::unrelate(business, &first, &then)?)).await?;
        Ok(Json(Stored::at(version)))
    }
}

/// By names; a relation of a service that is gone says nothing.
fn named(complements: &[Complement], catalogue: &Catalogue) -> Vec<Relation> {
    let name = |id| catalogue.service(id).map(|service| service.name.en.clone());
    let named = complements.iter().filter_map(|complement| {
        Some(Relation {
            first: name(complement.primary)?,
            then: name(complement.then)?,
            confidence_permille: complement.confidence_permille,
        })
    });
    named.collect()
}
