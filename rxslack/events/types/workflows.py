"""Workflows and functions; and the permissions of the workspace apps of old."""

from typing import Any, Literal, NotRequired, TypedDict

__all__ = [
    "ExecutedFunction",
    "FunctionExecutedEvent",
    "FunctionParameter",
    "GrantedResource",
    "ResourceGrant",
    "ResourceScopes",
    "ResourcesAddedEvent",
    "ResourcesRemovedEvent",
    "ScopeDeniedEvent",
    "ScopeGrantedEvent",
    "WorkflowAppStep",
    "WorkflowConfiguration",
    "WorkflowDeletedEvent",
    "WorkflowPublishedEvent",
    "WorkflowStep",
    "WorkflowStepDeletedEvent",
    "WorkflowStepExecuteEvent",
    "WorkflowUnpublishedEvent",
]


class FunctionParameter(TypedDict):
    """
    What goes into a function, or comes out.

    Source: docs.slack.dev/reference/events/function_executed.
    """

    type: str
    name: str
    title: NotRequired[str]
    description: NotRequired[str]
    is_required: NotRequired[bool]


class ExecutedFunction(TypedDict):
    """The function. Source: docs.slack.dev/reference/events/function_executed."""

    id: str
    callback_id: str
    title: NotRequired[str]
    description: NotRequired[str]
    type: NotRequired[str]
    app_id: NotRequired[str]
    input_parameters: NotRequired[list[FunctionParameter]]
    output_parameters: NotRequired[list[FunctionParameter]]
    date_created: NotRequired[int]  # unix seconds
    date_updated: NotRequired[int]  # unix seconds
    date_deleted: NotRequired[int]  # unix seconds
    date_released: NotRequired[int]  # unix seconds
    form_enabled: NotRequired[bool]


class FunctionExecutedEvent(TypedDict):
    """A workflow runs your function. Source: docs.slack.dev/reference/events/function_executed."""

    type: Literal["function_executed"]
    function: ExecutedFunction
    function_execution_id: str
    inputs: NotRequired[dict[str, Any]]  # by the names your app gave, of the kinds it gave
    workflow_execution_id: NotRequired[str]
    workflow: NotRequired[dict[str, Any]]  # Slack publishes no shape
    bot_access_token: NotRequired[str]  # a secret
    event_ts: NotRequired[str]


class WorkflowAppStep(TypedDict, total=False):
    """
    Your step in a workflow.

    Source: slackapi/node-slack-sdk, packages/types/src/events/steps-from-apps.ts.
    """

    app_id: str
    workflow_step_id: str
    callback_id: str


class WorkflowConfiguration(TypedDict, total=False):
    """
    A version of a workflow.

    Source: slackapi/node-slack-sdk, packages/types/src/events/steps-from-apps.ts.
    """

    version_id: str
    app_steps: list[WorkflowAppStep]


class WorkflowPublishedEvent(TypedDict):
    """
    A workflow with your step was published.

    Source: slackapi/node-slack-sdk, packages/types/src/events/steps-from-apps.ts (retired in 2024).
    """

    type: Literal["workflow_published"]
    workflow_id: str
    workflow_published_configuration: NotRequired[WorkflowConfiguration]
    event_ts: NotRequired[str]


class WorkflowUnpublishedEvent(TypedDict):
    """
    A workflow with your step was withdrawn.

    Source: slackapi/node-slack-sdk, packages/types/src/events/steps-from-apps.ts (retired in 2024).
    """

    type: Literal["workflow_unpublished"]
    workflow_id: str
    workflow_draft_configuration: NotRequired[WorkflowConfiguration]
    event_ts: NotRequired[str]


class WorkflowDeletedEvent(TypedDict):
    """
    A workflow with your step was deleted.

    Source: slackapi/node-slack-sdk, packages/types/src/events/steps-from-apps.ts (retired in 2024).
    """

    type: Literal["workflow_deleted"]
    workflow_id: str
    workflow_draft_configuration: NotRequired[WorkflowConfiguration]
    event_ts: NotRequired[str]


class WorkflowStepDeletedEvent(TypedDict):
    """
    Your step was taken out of a workflow.

    Source: slackapi/node-slack-sdk, packages/types/src/events/steps-from-apps.ts (retired in 2024).
    """

    type: Literal["workflow_step_deleted"]
    workflow_id: str
    workflow_draft_configuration: NotRequired[WorkflowConfiguration]
    workflow_published_configuration: NotRequired[WorkflowConfiguration]
    event_ts: NotRequired[str]


class WorkflowStep(TypedDict):
    """
    A step to execute.

    Source: slackapi/node-slack-sdk, packages/types/src/events/steps-from-apps.ts.
    """

    workflow_step_execute_id: str
    workflow_id: NotRequired[str]
    workflow_instance_id: NotRequired[str]
    step_id: NotRequired[str]
    inputs: NotRequired[dict[str, Any]]  # by the names your app gave
    outputs: NotRequired[list[dict[str, Any]]]  # as your app declared them


class WorkflowStepExecuteEvent(TypedDict):
    """
    A workflow runs your step.

    Source: slackapi/node-slack-sdk, packages/types/src/events/steps-from-apps.ts (retired in 2024).
    """

    type: Literal["workflow_step_execute"]
    callback_id: str
    workflow_step: WorkflowStep
    event_ts: NotRequired[str]


class ResourceGrant(TypedDict, total=False):
    """How it was granted. Source: slackapi/java-slack-sdk, json-logs/samples/rtm."""

    type: str
    resource_id: str


class GrantedResource(TypedDict, total=False):
    """What was granted. Source: slackapi/java-slack-sdk, json-logs/samples/rtm."""

    type: str
    grant: ResourceGrant


class ResourceScopes(TypedDict, total=False):
    """What may be done with it. Source: slackapi/java-slack-sdk, json-logs/samples/rtm."""

    resource: GrantedResource
    scopes: list[str]


class ResourcesAddedEvent(TypedDict):
    """
    Your app got more to work with.

    Source: slackapi/java-slack-sdk, json-logs/samples/rtm (of workspace apps, retired in 2021).
    """

    type: Literal["resources_added"]
    resources: NotRequired[list[ResourceScopes]]
    event_ts: NotRequired[str]


class ResourcesRemovedEvent(TypedDict):
    """
    Your app has less to work with.

    Source: slackapi/java-slack-sdk, json-logs/samples/rtm (of workspace apps, retired in 2021).
    """

    type: Literal["resources_removed"]
    resources: NotRequired[list[ResourceScopes]]
    event_ts: NotRequired[str]


class ScopeGrantedEvent(TypedDict):
    """
    Your app may do what it asked for.

    Source: slackapi/java-slack-sdk, json-logs/samples/rtm (of workspace apps, retired in 2021).
    """

    type: Literal["scope_granted"]
    scopes: list[str]
    trigger_id: NotRequired[str]
    event_ts: NotRequired[str]


class ScopeDeniedEvent(TypedDict):
    """
    Your app may not do what it asked for.

    Source: slackapi/java-slack-sdk, json-logs/samples/rtm (of workspace apps, retired in 2021).
    """

    type: Literal["scope_denied"]
    scopes: list[str]
    trigger_id: NotRequired[str]
    event_ts: NotRequired[str]
