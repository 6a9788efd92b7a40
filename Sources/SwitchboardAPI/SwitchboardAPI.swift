// Everything that a client of our services needs: `import SwitchboardAPI` instead of one module for each package.
@_exported public import AdminAPI
@_exported public import BillingAPI
@_exported public import LeadAPI
