/// The definitions that every schema contains (specification, sections 3.5, 3.13 and 4).
enum BuiltIn {
    static let scalarDescriptions = [
        "String": "A text, as UTF-8.",
        "Int": "A whole number of 32 bits.",
        "Float": "A number of double precision (IEEE 754).",
        "Boolean": "`true` or `false`.",
        "ID": "An identifier: a text that is not meant to be read by people.",
    ]

    static let typeName = SchemaField(name: "__typename", type: .nonNull(.named("String")))
    static let schema = SchemaField(name: "__schema", type: .nonNull(.named("__Schema")))
    static let type = SchemaField(
        name: "__type",
        arguments: [
            SchemaInput(
                InputDefinition(
                    name: Name(text: "name", offset: 0), type: .nonNull(.named("String")), directives: []))
        ],
        type: .named("__Type"))

    static let definitions = """
        "Leaves a field or fragment out unless the condition holds."
        directive @include("Whether it is kept." if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
        "Leaves a field or fragment out where the condition holds."
        directive @skip("Whether it is left out." if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
        "Marks what is no longer to be used."
        directive @deprecated("Why, and what to use instead." reason: String = "No longer supported")
            on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
        "Says where a scalar is specified."
        directive @specifiedBy("The specification's address." url: String!) on SCALAR

        "What a service offers: its types and directives, and where operations begin."
        type __Schema {
          description: String
          types: [__Type!]!
          queryType: __Type!
          mutationType: __Type
          subscriptionType: __Type
          directives: [__Directive!]!
        }
        "A type, of whichever kind."
        type __Type {
          kind: __TypeKind!
          name: String
          description: String
          specifiedByURL: String
          fields(includeDeprecated: Boolean = false): [__Field!]
          interfaces: [__Type!]
          possibleTypes: [__Type!]
          enumValues(includeDeprecated: Boolean = false): [__EnumValue!]
          inputFields(includeDeprecated: Boolean = false): [__InputValue!]
          ofType: __Type
        }
        "The kinds of types."
        enum __TypeKind { SCALAR OBJECT INTERFACE UNION ENUM INPUT_OBJECT LIST NON_NULL }
        "A field of an object or interface."
        type __Field {
          name: String!
          description: String
          args(includeDeprecated: Boolean = false): [__InputValue!]!
          type: __Type!
          isDeprecated: Boolean!
          deprecationReason: String
        }
        "An argument, or a field of an input object."
        type __InputValue {
          name: String!
          description: String
          type: __Type!
          "As it would be written in a document."
          defaultValue: String
          isDeprecated: Boolean!
          deprecationReason: String
        }
        "One of the values of an enum."
        type __EnumValue {
          name: String!
          description: String
          isDeprecated: Boolean!
          deprecationReason: String
        }
        "A way to change how a document is executed or checked."
        type __Directive {
          name: String!
          description: String
          locations: [__DirectiveLocation!]!
          args(includeDeprecated: Boolean = false): [__InputValue!]!
          isRepeatable: Boolean!
        }
        "Where a directive may stand."
        enum __DirectiveLocation {
          QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT VARIABLE_DEFINITION
          SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE INPUT_OBJECT
          INPUT_FIELD_DEFINITION
        }
        """
}
