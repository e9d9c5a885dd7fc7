package dev.weft.node.http;

import java.util.List;

/** A few routes that belong together. */
public abstract sealed class RouteGroup
        permits AdminRoutes,
                AskRoutes,
                LogRoutes,
                OpenLineageRoutes,
                PolicyRoutes,
                RecordRoutes,
                ReleaseRoutes,
                StatementRoutes,
                StatusRoutes {
    /** In the order in which they stand in the description. */
    abstract List<Route> routes();
}
